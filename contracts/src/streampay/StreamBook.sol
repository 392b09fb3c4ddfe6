// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Payouts} from "./Payouts.sol";
import {Stream, StreamAccrual} from "./StreamAccrual.sol";

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
        stream.recipient = terms.recipient;
        stream.startTime = uint40(block.timestamp);
        stream.ratePeriod = uint32(terms.duration);
        stream.inToken = inToken;
        stream.deposit = uint128(terms.amount);
        stream.sender = sender;
        stream.providerId = uint64(terms.providerId);
        stream.streamType = terms.streamType;
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
    function _extend(uint256 streamId, Stream storage stream, uint256 amount) internal {
        uint256 deposit = stream.deposit;
        if (deposit == stream.withdrawn) revert StreamClosed(streamId);
        if (amount == 0) revert AmountZero();
        if (amount > type(uint128).max - deposit) revert AmountTooLarge(amount, type(uint128).max - deposit);
        // Money added after the end would be earned at once, for seconds that have passed.
        uint256 endTime = stream.endTime(deposit);
        if (block.timestamp >= endTime) revert StreamEnded(streamId, endTime);

        if (!stream.toppedUp) {
            stream.toppedUp = true;
            stream.rateAmount = uint128(deposit);
        }
        stream.deposit = uint128(deposit + amount);
        endTime = stream.endTime(deposit + amount);
        uint256 latest = block.timestamp + MAX_DURATION;
        if (endTime > latest) revert EndTooFar(endTime, latest);
        emit StreamToppedUp(streamId, amount, deposit + amount, endTime);
    }

    /// @dev Takes out what is earned. The last unit closes the stream.
    /// @return amount base units taken out; 0 when there is nothing new, also for a stream that is closed or was never opened
    /// @return closed 1 when this closed it, else 0
    function _takeEarned(Stream storage stream) internal returns (uint256 amount, uint256 closed) {
        uint256 withdrawn = stream.withdrawn;
        uint256 earned = stream.accrued();
        amount = earned - withdrawn;
        if (amount == 0) return (0, 0);
        stream.withdrawn = uint128(earned);
        closed = earned == stream.deposit ? 1 : 0;
    }

    /// @dev Takes out everything.
    function _close(uint256 streamId, Stream storage stream) internal returns (uint256 toRecipient, uint256 refund) {
        (uint256 deposit, uint256 withdrawn) = (stream.deposit, stream.withdrawn);
        if (deposit == withdrawn) revert StreamClosed(streamId);
        uint256 earned = stream.accrued();
        (stream.deposit, stream.withdrawn) = (uint128(earned), uint128(earned));
        return (earned - withdrawn, deposit - earned);
    }

    /// @dev Counts what streams of one token have paid out.
    /// @param updates streams that `batchUpdateStreams` paid
    function _count(address token, uint256 paid, uint256 closed, uint256 updates) internal {
        Totals memory totals = _totals;
        totals.open -= uint40(closed);
        if (updates > 0) {
            totals.updates += uint40(updates);
            totals.lastUpdate = uint40(block.timestamp);
        }
        if (token == NATIVE) {
            uint256 volume = totals.nativeVolume + paid;
            totals.nativeVolume = volume < type(uint96).max ? uint96(volume) : type(uint96).max;
        } else {
            _tokenVolume[token] += paid;
        }
        _totals = totals;
    }

    function _get(uint256 streamId) internal view returns (Stream storage stream) {
        stream = _streams[streamId];
        if (stream.recipient == address(0)) revert StreamNotFound(streamId);
    }

    /// @dev The third slot and the fourth are read only where they are in use.
    function _tokenOf(Stream storage stream) internal view returns (address) {
        return stream.inToken ? stream.token : NATIVE;
    }
}
