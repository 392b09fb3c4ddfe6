// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileParty} from "./mocks/HostileParty.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayCancel is StreamPayFixture {
    uint256 internal id;

    function setUp() public override {
        super.setUp();
        id = _open(alice, bob);
    }

    function test_RevertGiven_TheStreamDoesNotExist() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.StreamNotFound.selector, 0));
        streamPay.cancelStream(0);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.StreamNotFound.selector, 2));
        vm.prank(alice);
        streamPay.cancelStream(2);
    }

    function test_RevertGiven_TheStreamIsClosed() external {
        vm.startPrank(alice);
        streamPay.cancelStream(id);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.StreamClosed.selector, id));
        streamPay.cancelStream(id);
        vm.stopPrank();
        skip(60);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.StreamClosed.selector, id));
        vm.prank(bob);
        streamPay.cancelStream(id);
    }

    function test_RevertWhen_TheCallerIsNoParty() external {
        address[2] memory others = [mallory, owner];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotParty.selector, id, others[i]));
            vm.prank(others[i]);
            streamPay.cancelStream(id);
        }
    }

    function test_WhenTheSenderCancels() external {
        skip(4);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCancelled(id, alice, 0.0004 ether, 0.0056 ether);
        vm.prank(alice);
        (uint256 toRecipient, uint256 refund) = streamPay.cancelStream(id);
        assertEq(toRecipient, 0.0004 ether);
        assertEq(refund, 0.0056 ether);
        _assertPaid(0.0004 ether, 0.0056 ether);
    }

    function test_WhenTheRecipientCancels() external {
        skip(4);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCancelled(id, bob, 0.0004 ether, 0.0056 ether);
        vm.prank(bob);
        streamPay.cancelStream(id);
        _assertPaid(0.0004 ether, 0.0056 ether);
    }

    function test_WhenItIsCancelledInTheBlockThatOpenedIt() external {
        vm.prank(alice);
        streamPay.cancelStream(id);
        _assertPaid(0, 0.006 ether);

        // Nothing is paid by a payment of nothing.
        HostileParty party = new HostileParty();
        uint256 another = _open(alice, address(party));
        vm.prank(alice);
        streamPay.cancelStream(another);
        assertEq(party.payments(), 0);
    }

    function test_WhenItIsCancelledAfterAWithdrawal() external {
        skip(4);
        vm.prank(bob);
        streamPay.withdrawFromStream(id);
        skip(6);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCancelled(id, alice, 0.0006 ether, 0.005 ether);
        vm.prank(alice);
        streamPay.cancelStream(id);
        _assertPaid(0.001 ether, 0.005 ether);
    }

    function test_WhenItIsCancelledAfterItsEnd() external {
        skip(61);
        vm.prank(alice);
        streamPay.cancelStream(id);
        _assertPaid(0.006 ether, 0);
    }

    function test_GivenTheContractIsPaused() external {
        uint256 another = _open(alice, bob);
        vm.prank(owner);
        streamPay.pause();
        skip(4);
        vm.startPrank(alice);
        streamPay.cancelStream(id);
        streamPay.cancelStreams(_ids(another));
        vm.stopPrank();
        assertEq(bob.balance, 1_000.0008 ether);
        assertEq(alice.balance, 1_000 ether - 0.0008 ether);
    }

    function test_WhenManyAreCancelled() external {
        uint256 inUsdc = _openUsdc(alice, carol);
        skip(30);
        vm.prank(alice);
        streamPay.cancelStreams(_ids(inUsdc, id));
        _assertPaid(0.003 ether, 0.003 ether);
        assertEq(usdc.balanceOf(carol), 1_000_003e6);
        assertEq(usdc.balanceOf(alice), 999_997e6);
        assertFalse(streamPay.streamInfo(inUsdc).open);
    }

    function test_RevertWhen_OneOfManyIsSomebodyElses() external {
        uint256 another = _open(carol, bob);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotParty.selector, another, alice));
        vm.prank(alice);
        streamPay.cancelStreams(_ids(id, another));
        assertTrue(streamPay.streamInfo(id).open);
    }

    function test_RevertWhen_ThereAreMoreThan200Ids() external {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.TooManyStreams.selector, 201, 200));
        streamPay.cancelStreams(new uint256[](201));
        uint256[] memory ids = new uint256[](200);
        ids[0] = id;
        for (uint256 i = 1; i < 200; ++i) {
            ids[i] = streamPay.createStream{value: 60}(bob, 60, 0, 7);
        }
        streamPay.cancelStreams(ids);
        assertEq(streamPay.protocolStats().active, 0);
    }

    function _assertPaid(uint256 recipient, uint256 refund) private view {
        assertEq(bob.balance, 1_000 ether + recipient);
        assertEq(alice.balance, 1_000 ether - DEPOSIT + refund);
        assertEq(address(streamPay).balance, 0);
        assertFalse(streamPay.streamInfo(id).open);
        assertEq(streamPay.currentBalance(id), 0);
        assertEq(streamPay.refundableAmount(id), 0);
    }
}
