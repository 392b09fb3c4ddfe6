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

    /// @dev One row of the table: the last call of the test.
    modifier row(string memory name) {
        _;
        vm.snapshotGasLastCall("StreamPay", name);
    }

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

    function test_create() external row("create native") {
        vm.prank(alice);
        streamPay.createStream{value: DEPOSIT}(bob, DURATION, 0, 7);
    }

    function test_createToken() external row("create ERC-20") {
        vm.prank(alice);
        streamPay.createTokenStream(_terms(address(usdc), 6e6, bob));
    }

    function test_withdraw() external row("withdraw native") {
        vm.prank(bob);
        streamPay.withdrawFromStream(first);
    }

    function test_withdrawToken() external row("withdraw ERC-20") {
        vm.prank(bob);
        streamPay.withdrawFromStream(firstUsdc);
    }

    function test_cancel() external row("cancel native") {
        vm.prank(alice);
        streamPay.cancelStream(first);
    }

    function test_cancelByRecipient() external row("cancel native by recipient") {
        vm.prank(bob);
        streamPay.cancelStream(first);
    }

    function test_cancelToken() external row("cancel ERC-20") {
        vm.prank(alice);
        streamPay.cancelStream(firstUsdc);
    }

    function test_topUp() external row("top up native, first") {
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
    }

    function test_topUpAgain() external row("top up native, again") {
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
        vm.prank(alice);
        streamPay.topUp{value: DEPOSIT}(first, DEPOSIT);
    }

    function test_batchUpdate1() external row("batch update 1") {
        _batch(sameRecipient, 1);
    }

    function test_batchUpdate10() external row("batch update 10") {
        _batch(sameRecipient, 10);
    }

    function test_batchUpdate50() external row("batch update 50") {
        _batch(sameRecipient, 50);
    }

    function test_batchUpdate200() external row("batch update 200") {
        _batch(sameRecipient, 200);
    }

    function test_batchUpdate10Recipients() external row("batch update 10, ten recipients") {
        _batch(otherRecipients, 10);
    }

    function _batch(uint256 from, uint256 count) private {
        uint256[] memory ids = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = from + i;
        }
        vm.prank(mallory);
        streamPay.batchUpdateStreams(ids);
    }
}
