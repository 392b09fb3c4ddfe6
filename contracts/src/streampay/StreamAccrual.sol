// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev One stream as stored: three slots when it is in the native coin and was never topped up. A payout reads two of them,
///      only closing reads the third. Each of the first three is read and written as a whole.
struct Stream {
    Flow flow;
    Money money;
    Origin origin;
    address token; // Only if `flow.inToken`.
    uint128 rateAmount; // Only if `flow.toppedUp`: the first deposit, which sets the rate for good.
}

/// @dev Who is paid, since when and how fast.
struct Flow {
    address recipient;
    uint40 startTime;
    uint32 ratePeriod;
    bool inToken;
    bool toppedUp;
}

/// @dev Open means `deposit > 0`, and then `withdrawn < deposit`: whatever takes out the last unit clears the slot, for which
///      the chain gives gas back. What a closed stream paid is in its events.
struct Money {
    uint128 deposit;
    uint128 withdrawn;
}

struct Origin {
    address sender;
    uint64 providerId;
    uint8 streamType;
}

/// @title What a stream has earned: exact rational maths
/// @notice The rate is the ratio `first deposit / duration`, never a rounded number of units a second. Each figure is
///         computed from the start, so that no rounding adds up, and the last second pays the remainder.
library StreamAccrual {
    /// @return base units earned at the block's time: `min(deposit, floor(rateAmount × elapsed / ratePeriod))`.
    ///         0 once the stream is closed.
    function accrued(Stream storage stream, Flow memory flow, Money memory money) internal view returns (uint256) {
        uint256 deposit = money.deposit;
        if (deposit == 0) return 0;
        // 128 bits × 40 bits: cannot overflow. A stream starts in the block that makes it: cannot underflow.
        unchecked {
            uint256 elapsed = block.timestamp - flow.startTime;
            uint256 earned = (rateAmountOf(stream, flow, deposit) * elapsed) / flow.ratePeriod;
            return earned < deposit ? earned : deposit;
        }
    }

    /// @return the first second at which the stream has earned the whole of `deposit`
    function endTime(Stream storage stream, Flow memory flow, uint256 deposit) internal view returns (uint256) {
        uint256 rate = rateAmountOf(stream, flow, deposit);
        return flow.startTime + (deposit * flow.ratePeriod + rate - 1) / rate;
    }

    /// @param deposit of the open stream
    /// @return base units each `ratePeriod` seconds
    function rateAmountOf(Stream storage stream, Flow memory flow, uint256 deposit) internal view returns (uint256) {
        return flow.toppedUp ? stream.rateAmount : deposit;
    }

    /// @return 0 for the native coin
    function tokenOf(Stream storage stream, Flow memory flow) internal view returns (address) {
        return flow.inToken ? stream.token : address(0);
    }
}
