// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileParty} from "./mocks/HostileParty.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayWithdraw is StreamPayFixture {
    uint256 internal id;

    function setUp() public override {
        super.setUp();
        id = _open(alice, bob);
    }

    function test_RevertGiven_TheStreamDoesNotExist() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.StreamNotFound.selector, 2));
        vm.prank(bob);
        streamPay.withdrawFromStream(2);
    }

    function test_RevertWhen_TheCallerIsNotTheRecipient() external {
        skip(4);
        address[3] memory others = [alice, mallory, owner];
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotRecipient.selector, id, others[i]));
            streamPay.withdrawFromStream(id);
            vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotRecipient.selector, id, others[i]));
            streamPay.withdrawFromStreamTo(id, others[i]);
            vm.stopPrank();
        }
    }

    function test_RevertGiven_NothingIsEarned() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToWithdraw.selector, id));
        vm.prank(bob);
        streamPay.withdrawFromStream(id);
    }

    function test_RevertGiven_EverythingIsWithdrawn() external {
        skip(60);
        vm.startPrank(bob);
        streamPay.withdrawFromStream(id);
        skip(60);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToWithdraw.selector, id));
        streamPay.withdrawFromStream(id);
    }

    function test_WhenSomethingIsEarned() external {
        skip(4);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamWithdrawn(id, bob, 0.0004 ether);
        vm.prank(bob);
        assertEq(streamPay.withdrawFromStream(id), 0.0004 ether);
        assertEq(bob.balance, 1_000.0004 ether);
        assertEq(address(streamPay).balance, 0.0056 ether);

        skip(6);
        vm.prank(bob);
        assertEq(streamPay.withdrawFromStream(id), 0.0006 ether);
        IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
        assertEq(info.withdrawn, 0.001 ether);
        assertEq(info.accrued, 0.001 ether);
        assertTrue(info.open);
    }

    function test_WhenTheRecipientNamesAnotherAddress() external {
        skip(4);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamWithdrawn(id, carol, 0.0004 ether);
        vm.prank(bob);
        assertEq(streamPay.withdrawFromStreamTo(id, carol), 0.0004 ether);
        assertEq(carol.balance, 1_000.0004 ether);
        assertEq(bob.balance, 1_000 ether);
    }

    function test_RevertWhen_TheRecipientNamesNobody() external {
        skip(4);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, address(0)));
        streamPay.withdrawFromStreamTo(id, address(0));
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, address(streamPay)));
        streamPay.withdrawFromStreamTo(id, address(streamPay));
    }

    function test_RevertGiven_TheRecipientRefusesCoins() external {
        HostileParty party = new HostileParty();
        party.setMode(HostileParty.Mode.Refuses);
        id = _open(alice, address(party));
        skip(4);
        vm.startPrank(address(party));
        vm.expectRevert(
            abi.encodeWithSelector(IStreamPay.TransferFailed.selector, NATIVE, address(party), 0.0004 ether)
        );
        streamPay.withdrawFromStream(id);
        assertEq(streamPay.withdrawFromStreamTo(id, carol), 0.0004 ether);
        assertEq(carol.balance, 1_000.0004 ether);
    }

    function test_GivenTheTokenBlacklistsTheRecipient() external {
        HostileToken token = new HostileToken();
        token.mint(alice, 600);
        vm.startPrank(alice);
        token.approve(address(streamPay), 600);
        id = streamPay.createTokenStream(_terms(address(token), 600, bob));
        vm.stopPrank();
        token.blacklist(bob);
        skip(4);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.TransferFailed.selector, address(token), bob, 40));
        streamPay.withdrawFromStream(id);
        streamPay.withdrawFromStreamTo(id, carol);
        assertEq(token.balanceOf(carol), 40);
    }

    function test_GivenTheContractIsPaused() external {
        vm.prank(owner);
        streamPay.pause();
        skip(4);
        vm.startPrank(bob);
        assertEq(streamPay.withdrawFromStream(id), 0.0004 ether);
        skip(4);
        assertEq(streamPay.withdrawFromStreamTo(id, carol), 0.0004 ether);
    }

    function test_WhenTheStreamIsPastItsEnd() external {
        skip(10);
        vm.startPrank(bob);
        streamPay.withdrawFromStream(id);
        skip(1_000);
        assertEq(streamPay.withdrawFromStream(id), 0.005 ether);
        assertFalse(streamPay.streamInfo(id).open);
        assertEq(address(streamPay).balance, 0);
        assertEq(streamPay.protocolStats().active, 0);
    }
}
