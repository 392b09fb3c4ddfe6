// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Payouts} from "./Payouts.sol";
import {Flow, Money, Stream, StreamAccrual} from "./StreamAccrual.sol";

/// @title The streams as stored, and the few changes that they go through
/// @notice Nothing here asks who is calling or moves money: `StreamPay` does both.
abstract contract StreamBook is Payouts {
    using StreamAccrual for Stream;

    /// @notice The longest that a stream may have to run, seconds.
    uint256 public constant MAX_DURATION = 365 days;

    uint8 private constant LAST_STREAM_TYPE = 2;

    /// @dev One slot. 2^96 wei are 79 billion coins: the sum stops there instead of blocking a payment.
    struct Totals {
        uint40 created;
        uint40 open;
        uint40 updates;
        uint40 lastUpdate;
        uint96 nativeVolume;
    }

    Totals internal _totals;
    mapping(uint256 streamId => Stream) internal _streams;
    mapping(address token => uint256 amount) internal _tokenVolume;

    /// @dev Writes a new stream, whose deposit is here or on its way.
    function _open(address sender, TokenStream memory terms) internal returns (uint256 streamId) {
        _check(sender, terms);

        Totals memory totals = _totals;
        streamId = ++totals.created;
        ++totals.open;
        _totals = totals;

        Stream storage stream = _streams[streamId];
        bool inToken = terms.token != NATIVE;
        // Field by field: the compiler then writes each slot in fewer goes than from a struct in memory.
        stream.flow.recipient = terms.recipient;
        stream.flow.startTime = uint40(block.timestamp);
        stream.flow.ratePeriod = uint32(terms.duration);
        stream.flow.inToken = inToken;
        stream.money.deposit = uint128(terms.amount);
        stream.origin.sender = sender;
        stream.origin.providerId = uint64(terms.providerId);
        stream.origin.streamType = terms.streamType;
        if (inToken) stream.token = terms.token;

        emit StreamCreated(
            streamId,
            sender,
            terms.recipient,
            terms.token,
            terms.amount,
            terms.duration,
            terms.streamType,
            terms.providerId,
            block.timestamp
        );
    }

    function _check(address sender, TokenStream memory terms) private view {
        (uint256 amount, uint256 duration, address recipient) = (terms.amount, terms.duration, terms.recipient);
        if (amount == 0) revert AmountZero();
        if (amount > type(uint128).max) revert AmountTooLarge(amount, type(uint128).max);
        if (duration == 0 || duration > MAX_DURATION) revert DurationInvalid(duration, MAX_DURATION);
        if (amount < duration) revert AmountBelowDuration(amount, duration);
        if (recipient == address(0) || recipient == address(this)) revert RecipientInvalid(recipient);
        if (recipient == sender) revert SelfStream(sender);
        if (terms.streamType > LAST_STREAM_TYPE) revert StreamTypeUnknown(terms.streamType);
        if (terms.providerId > type(uint64).max) revert ProviderIdTooLarge(terms.providerId);
    }

    /// @dev Makes an open stream longer at its exact rate.
    function _extend(uint256 streamId, Stream storage stream, Flow memory flow, uint256 amount) internal {
        uint256 deposit = stream.money.deposit;
        if (deposit == 0) revert StreamClosed(streamId);
        if (amount == 0) revert AmountZero();
        if (amount > type(uint128).max - deposit) revert AmountTooLarge(amount, type(uint128).max - deposit);
        // Money added after the end would be earned at once, for seconds that have passed.
        uint256 endTime = stream.endTime(flow, deposit);
        if (block.timestamp >= endTime) revert StreamEnded(streamId, endTime);

        if (!flow.toppedUp) {
            flow.toppedUp = true;
            stream.flow.toppedUp = true;
            // It was read from 128 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            stream.rateAmount = uint128(deposit);
        }
        deposit += amount;
        // The sum is checked above.
        // forge-lint: disable-next-line(unsafe-typecast)
        stream.money.deposit = uint128(deposit);
        endTime = stream.endTime(flow, deposit);
        uint256 latest = block.timestamp + MAX_DURATION;
        if (endTime > latest) revert EndTooFar(endTime, latest);
        emit StreamToppedUp(streamId, amount, deposit, endTime);
    }

    /// @dev Takes out what is earned. The last unit closes the stream.
    /// @return amount base units taken out; 0 when there is nothing new, also for a stream that is closed or was never opened
    /// @return closed 1 when this closed it, else 0
    function _takeEarned(Stream storage stream, Flow memory flow) internal returns (uint256 amount, uint256 closed) {
        Money memory money = stream.money;
        uint256 earned = stream.accrued(flow, money);
        amount = earned - money.withdrawn;
        if (amount == 0) return (0, 0);
        if (earned < money.deposit) {
            // Less than the deposit, which has 128 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            stream.money.withdrawn = uint128(earned);
        } else {
            delete stream.money;
            closed = 1;
        }
    }

    /// @dev Takes out everything.
    function _close(uint256 streamId, Stream storage stream, Flow memory flow)
        internal
        returns (uint256 toRecipient, uint256 refund)
    {
        Money memory money = stream.money;
        if (money.deposit == 0) revert StreamClosed(streamId);
        uint256 earned = stream.accrued(flow, money);
        delete stream.money;
        return (earned - money.withdrawn, money.deposit - earned);
    }

    /// @dev Counts what streams of one token have paid out.
    /// @param updates streams that `batchUpdateStreams` paid
    function _count(address token, uint256 paid, uint256 closed, uint256 updates) internal {
        Totals memory totals = _totals;
        // Both count streams of one call: 200 at most.
        // forge-lint: disable-next-line(unsafe-typecast)
        totals.open -= uint40(closed);
        if (updates > 0) {
            // As above.
            // forge-lint: disable-next-line(unsafe-typecast)
            totals.updates += uint40(updates);
            totals.lastUpdate = uint40(block.timestamp);
        }
        if (token == NATIVE) {
            uint256 volume = totals.nativeVolume + paid;
            // forge-lint: disable-next-line(unsafe-typecast)
            totals.nativeVolume = volume < type(uint96).max ? uint96(volume) : type(uint96).max;
        } else {
            _tokenVolume[token] += paid;
        }
        _totals = totals;
    }

    function _get(uint256 streamId) internal view returns (Stream storage stream, Flow memory flow) {
        stream = _streams[streamId];
        flow = stream.flow;
        if (flow.recipient == address(0)) revert StreamNotFound(streamId);
    }
}
