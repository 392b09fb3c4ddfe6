// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Flow, Money, Stream, StreamAccrual} from "./StreamAccrual.sol";
import {StreamBook} from "./StreamBook.sol";

/// @title What anybody can read about streams, exact in the block that answers
abstract contract StreamViews is StreamBook {
    using StreamAccrual for Stream;

    enum Filter {
        Sender,
        Recipient,
        Open
    }

    /// @notice What the recipient could withdraw now, base units. Reverts with StreamNotFound.
    function currentBalance(uint256 streamId) external view returns (uint256) {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        Money memory money = stream.money;
        return stream.accrued(flow, money) - money.withdrawn;
    }

    /// @notice What the sender would get back now, base units. Reverts with StreamNotFound.
    function refundableAmount(uint256 streamId) external view returns (uint256) {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        Money memory money = stream.money;
        return money.deposit - stream.accrued(flow, money);
    }

    /// @notice One stream as it is now. Reverts with StreamNotFound.
    function streamInfo(uint256 streamId) external view returns (StreamInfo memory info) {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        Money memory money = stream.money;
        info.sender = stream.origin.sender;
        info.recipient = flow.recipient;
        info.token = stream.tokenOf(flow);
        info.deposit = money.deposit;
        info.withdrawn = money.withdrawn;
        info.accrued = stream.accrued(flow, money);
        info.startTime = flow.startTime;
        info.providerId = stream.origin.providerId;
        info.streamType = stream.origin.streamType;
        info.open = info.deposit > 0;
        if (info.open) {
            info.endTime = stream.endTime(flow, info.deposit);
            info.rateAmount = stream.rateAmountOf(flow, info.deposit);
            info.ratePeriod = flow.ratePeriod;
        }
    }

    /// @notice Ids of the streams that `sender` opened, closed ones too, found among `span` ids from `fromId` on.
    /// @dev Lists are for reading off chain: they cost gas with the span, and opening a stream pays nothing for them.
    /// @return ids in rising order
    /// @return nextId where to go on; 0 when there are no more
    function streamIdsBySender(address sender, uint256 fromId, uint256 span)
        external
        view
        returns (uint256[] memory ids, uint256 nextId)
    {
        return _list(Filter.Sender, sender, fromId, span);
    }

    /// @notice The same for the streams that pay `recipient`.
    function streamIdsByRecipient(address recipient, uint256 fromId, uint256 span)
        external
        view
        returns (uint256[] memory ids, uint256 nextId)
    {
        return _list(Filter.Recipient, recipient, fromId, span);
    }

    /// @notice The same for streams that are open.
    function activeStreamIds(uint256 fromId, uint256 span)
        external
        view
        returns (uint256[] memory ids, uint256 nextId)
    {
        return _list(Filter.Open, address(0), fromId, span);
    }

    /// @notice Figures over all streams; `volume` is of the native coin.
    function protocolStats() external view returns (Stats memory) {
        Totals memory totals = _totals;
        return Stats(totals.created, totals.open, totals.updates, totals.nativeVolume, totals.lastUpdate);
    }

    /// @notice Base units that streams of `token` have paid out; 0 is the native coin.
    function volumeOf(address token) external view returns (uint256) {
        return token == NATIVE ? _totals.nativeVolume : _tokenVolume[token];
    }

    function _list(Filter filter, address account, uint256 fromId, uint256 span)
        private
        view
        returns (uint256[] memory ids, uint256 nextId)
    {
        uint256 last = _totals.created;
        uint256 id = fromId == 0 ? 1 : fromId;
        if (id > last) return (ids, 0);
        if (span > last - id + 1) span = last - id + 1;

        ids = new uint256[](span);
        uint256 found;
        for (uint256 end = id + span; id < end; ++id) {
            if (_matches(_streams[id], filter, account)) ids[found++] = id;
        }
        assembly ("memory-safe") {
            mstore(ids, found) // The array was made for the whole span.
        }
        nextId = id > last ? 0 : id;
    }

    function _matches(Stream storage stream, Filter filter, address account) private view returns (bool) {
        if (filter == Filter.Sender) return stream.origin.sender == account;
        if (filter == Filter.Recipient) return stream.flow.recipient == account;
        return stream.money.deposit > 0;
    }
}
