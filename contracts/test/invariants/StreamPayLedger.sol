// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {IStreamPay} from "../../src/streampay/IStreamPay.sol";

/// @dev What an indexer knows: every figure here comes from events alone. The invariants compare it with the chain.
abstract contract StreamPayLedger is Test {
    struct Known {
        address sender;
        address recipient;
        address token;
        uint256 start;
        uint256 period;
        uint256 firstDeposit;
        uint256 deposit;
        uint256 paid;
        uint256 rewards;
        uint256 refund;
        bool closed;
    }

    mapping(uint256 id => Known) internal _known;
    mapping(address token => mapping(address account => uint256)) public claims;
    /// @dev In and out of each account by streams, claims counted as paid.
    mapping(address token => mapping(address account => uint256)) public sent;
    mapping(address token => mapping(address account => uint256)) public received;
    mapping(address token => uint256) public deposited;
    mapping(address token => uint256) public volume;
    mapping(address token => uint256) public refunded;
    mapping(address token => uint256) public claimed;
    uint256 public count;
    uint256 public updates;
    uint256 public closures;

    function known(uint256 id) external view returns (Known memory) {
        return _known[id];
    }

    /// @dev Takes in the events of one call, which `vm.recordLogs` was started for.
    function _replay(address emitter) internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == emitter) _replay(logs[i]);
        }
    }

    function _replay(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IStreamPay.StreamCreated.selector) return _created(log);
        if (topic == IStreamPay.ClaimCreated.selector || topic == IStreamPay.Claimed.selector) return _claim(log);
        Known storage stream = _known[uint256(log.topics[1])];
        if (topic == IStreamPay.StreamToppedUp.selector) {
            (uint256 amount, uint256 deposit, uint256 end) = abi.decode(log.data, (uint256, uint256, uint256));
            stream.deposit += amount;
            assertEq(stream.deposit, deposit);
            // The first second at which the exact ratio has earned it all.
            assertGe(stream.firstDeposit * (end - stream.start), deposit * stream.period);
            assertLt(stream.firstDeposit * (end - 1 - stream.start), deposit * stream.period);
            deposited[stream.token] += amount;
            sent[stream.token][stream.sender] += amount;
        } else if (topic == IStreamPay.StreamWithdrawn.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            _pay(stream, _account(log.topics[2]), amount, 0);
        } else if (topic == IStreamPay.StreamUpdated.selector) {
            (uint256 toRecipient, uint256 reward) = abi.decode(log.data, (uint256, uint256));
            assertEq(reward, (toRecipient + reward) / 1_000);
            received[stream.token][_account(log.topics[2])] += reward;
            ++updates;
            _pay(stream, stream.recipient, toRecipient, reward);
        } else if (topic == IStreamPay.StreamCancelled.selector) {
            (uint256 toRecipient, uint256 refund) = abi.decode(log.data, (uint256, uint256));
            stream.refund = refund;
            refunded[stream.token] += refund;
            received[stream.token][stream.sender] += refund;
            _pay(stream, stream.recipient, toRecipient, 0);
            assertTrue(stream.closed);
        }
    }

    function _created(Vm.Log memory log) private {
        uint256 id = uint256(log.topics[1]);
        assertEq(id, ++count);
        Known storage stream = _known[id];
        (stream.sender, stream.recipient) = (_account(log.topics[2]), _account(log.topics[3]));
        uint8 streamType;
        uint256 providerId;
        (stream.token, stream.deposit, stream.period, streamType, providerId, stream.start) =
            abi.decode(log.data, (address, uint256, uint256, uint8, uint256, uint256));
        stream.firstDeposit = stream.deposit;
        deposited[stream.token] += stream.deposit;
        sent[stream.token][stream.sender] += stream.deposit;
    }

    function _claim(Vm.Log memory log) private {
        (address token, address account) = (_account(log.topics[1]), _account(log.topics[2]));
        if (log.topics[0] == IStreamPay.ClaimCreated.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            claims[token][account] += amount;
            // It was counted as received, and has not arrived.
            sent[token][account] += amount;
        } else {
            (address to, uint256 amount) = abi.decode(log.data, (address, uint256));
            claims[token][account] -= amount;
            claimed[token] += amount;
            received[token][to] += amount;
        }
    }

    function _pay(Known storage stream, address to, uint256 amount, uint256 reward) private {
        assertFalse(stream.closed);
        received[stream.token][to] += amount;
        stream.paid += amount;
        stream.rewards += reward;
        volume[stream.token] += amount + reward;
        assertLe(stream.paid + stream.rewards + stream.refund, stream.deposit);
        if (stream.paid + stream.rewards + stream.refund == stream.deposit) {
            stream.closed = true;
            ++closures;
        }
    }

    function _account(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
