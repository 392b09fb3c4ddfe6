// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev One stream as stored. Three slots when it is in the native coin and was never topped up: a payout reads the
///      first two, only closing reads the third. Open means `deposit > withdrawn`: whatever takes out the last unit closes.
struct Stream {
    address recipient;
    uint40 startTime;
    uint32 ratePeriod;
    bool inToken; // slot 4 is in use
    bool toppedUp; // slot 5 is in use
    // ---- slot 2
    uint128 deposit;
    uint128 withdrawn;
    // ---- slot 3
    address sender;
    uint64 providerId;
    uint8 streamType;
    // ---- slot 4
    address token;
    // ---- slot 5: the first deposit, which sets the rate for good
    uint128 rateAmount;
}

/// @title What a stream has earned: exact rational maths
/// @notice The rate is the ratio `first deposit / duration`, never a rounded number of units a second. Each figure is
///         computed from the start, so that no rounding adds up, and the last second pays the remainder.
library StreamAccrual {
    /// @return base units earned at the block's time: `min(deposit, floor(rateAmount × elapsed / ratePeriod))`.
    ///         A closed stream has earned its deposit, which closing set to that.
    function accrued(Stream storage stream) internal view returns (uint256) {
        uint256 deposit = stream.deposit;
        if (deposit == stream.withdrawn) return deposit;
        // 128 bits × 40 bits: cannot overflow. A stream starts in the block that makes it: cannot underflow.
        unchecked {
            uint256 elapsed = block.timestamp - stream.startTime;
            uint256 earned = (rateAmountOf(stream, deposit) * elapsed) / stream.ratePeriod;
            return earned < deposit ? earned : deposit;
        }
    }

    /// @return the first second at which the stream has earned the whole of `deposit`
    function endTime(Stream storage stream, uint256 deposit) internal view returns (uint256) {
        uint256 rate = rateAmountOf(stream, deposit);
        return stream.startTime + (deposit * stream.ratePeriod + rate - 1) / rate;
    }

    /// @param deposit of the open stream, which the caller has read already
    /// @return base units each `ratePeriod` seconds
    function rateAmountOf(Stream storage stream, uint256 deposit) internal view returns (uint256) {
        return stream.toppedUp ? stream.rateAmount : deposit;
    }
}
