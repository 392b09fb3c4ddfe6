// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";

/// @notice Gas of whole transactions with cold storage: each call is a transaction of its own (isolate), and what was touched in
///         `setUp` is cold again. Accounts exist and slots that will be written again are not zero, as in daily use.
/// forge-config: default.isolate = true
contract StreamPayGas is StreamPayFixture {
    uint256 internal first;
    uint256 internal firstUsdc;
    uint256 internal sameRecipient;
    uint256 internal otherRecipients;

    function setUp() public override {
        super.setUp();
        vm.deal(address(streamPay), 1 ether);
        first = _open(alice, bob);
        firstUsdc = _openUsdc(alice, bob);
        _open(carol, bob);
        _openUsdc(carol, bob);
        // What has been paid out once is counted in slots that are not zero any more.
        skip(1);
        streamPay.batchUpdateStreams(_ids(3, 4));

        sameRecipient = 5;
        for (uint256 i; i < 200; ++i) {
            _open(alice, bob);
        }
        otherRecipients = 205;
        for (uint256 i; i < 10; ++i) {
            address recipient = address(uint160(0xC0FFEE00 + i));
            vm.deal(recipient, 1 ether);
            _open(alice, recipient);
        }
        skip(20);
    }

    function test_create() external {
        vm.prank(alice);
        streamPay.createStream{value: DEPOSIT}(bob, DURATION, 0, 7);
        vm.snapshotGasLastCall("StreamPay", "create native");
    }

    function test_createToken() external {
        vm.prank(alice);
        streamPay.createTokenStream(_terms(address(usdc), 6e6, bob));
        vm.snapshotGasLastCall("StreamPay", "create ERC-20");
    }

    function test_withdraw() external {
        vm.prank(bob);
        streamPay.withdrawFromStream(first);
        vm.snapshotGasLastCall("StreamPay", "withdraw native");
    }

    function test_withdrawToken() external {
        vm.prank(bob);
        streamPay.withdrawFromStream(firstUsdc);
        vm.snapshotGasLastCall("StreamPay", "withdraw ERC-20");
    }

    function test_cancel() external {
        vm.prank(alice);
        streamPay.cancelStream(first);
        vm.snapshotGasLastCall("StreamPay", "cancel native");
    }

    function test_cancelByRecipient() external {
        vm.prank(bob);
        streamPay.cancelStream(first);
        vm.snapshotGasLastCall("StreamPay", "cancel native by recipient");
    }

    function test_cancelToken() external {
        vm.prank(alice);
        streamPay.cancelStream(firstUsdc);
        vm.snapshotGasLastCall("StreamPay", "cancel ERC-20");
    }

    function test_topUp() external {
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
        vm.snapshotGasLastCall("StreamPay", "top up native, first");
    }

    function test_topUpAgain() external {
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
        vm.snapshotGasLastCall("StreamPay", "top up native, again");
    }

    function test_batchUpdate1() external {
        _batch(sameRecipient, 1, "batch update 1");
    }

    function test_batchUpdate10() external {
        _batch(sameRecipient, 10, "batch update 10");
    }

    function test_batchUpdate50() external {
        _batch(sameRecipient, 50, "batch update 50");
    }

    function test_batchUpdate200() external {
        _batch(sameRecipient, 200, "batch update 200");
    }

    function test_batchUpdate10Recipients() external {
        _batch(otherRecipients, 10, "batch update 10, ten recipients");
    }

    function _batch(uint256 from, uint256 count, string memory name) private {
        uint256[] memory ids = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = from + i;
        }
        vm.prank(mallory);
        streamPay.batchUpdateStreams(ids);
        vm.snapshotGasLastCall("StreamPay", name);
    }
}
