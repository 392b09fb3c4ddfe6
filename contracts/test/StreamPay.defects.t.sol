// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

/// @notice One test for each defect of the reference contract that this one must not have (D1.x of the requirements).
contract StreamPayDefects is StreamPayFixture {
    /// @dev There the keeper's reward was not taken from anything, so that closing 4 of 60 s reverted with 0.006 locked.
    function test_D1_1_TheRewardComesOutOfTheStreamsOwnMoney() external {
        uint256 id = _open(alice, bob);
        skip(4);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(id));
        vm.prank(alice);
        streamPay.cancelStream(id);
        assertEq(bob.balance, 1_000 ether + 0.0003996 ether);
        assertEq(mallory.balance, 1_000 ether + 0.0000004 ether);
        assertEq(alice.balance, 1_000 ether - 0.0004 ether);
        assertEq(address(streamPay).balance, 0);
    }

    /// @dev There Alice's closing after an update took from Bob's deposit, and Bob could not close.
    function test_D1_2_AStreamNeverPaysFromAnothersMoney() external {
        uint256 ofAlice = _open(alice, carol);
        uint256 ofBob = _open(bob, carol);
        skip(10);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(ofAlice));
        vm.prank(alice);
        streamPay.cancelStream(ofAlice);
        assertEq(address(streamPay).balance, DEPOSIT);
        vm.prank(carol);
        streamPay.withdrawFromStream(ofBob);
        vm.prank(bob);
        streamPay.cancelStream(ofBob);
        assertEq(bob.balance, 1_000 ether - 0.001 ether);
        assertEq(address(streamPay).balance, 0);
    }

    /// @dev There 100 units over 7 s left 2 behind, and a stream past its end could not be closed.
    function test_D1_3_TheLastSecondPaysTheRemainder() external {
        vm.prank(alice);
        uint256 id = streamPay.createStream{value: 100}(bob, 7, 0, 7);
        uint256[8] memory earned = [uint256(0), 14, 28, 42, 57, 71, 85, 100];
        for (uint256 second; second <= 7; ++second) {
            vm.warp(START + second);
            assertEq(streamPay.currentBalance(id), earned[second]);
        }
        vm.warp(START + 700);
        vm.prank(alice);
        streamPay.cancelStream(id);
        assertEq(bob.balance, 1_000 ether + 100);
        assertEq(address(streamPay).balance, 0);
    }

    /// @dev There the second caller of a block was refused.
    function test_D1_4_TwoKeepersCanUpdateInOneBlock() external {
        uint256 first = _open(alice, bob);
        uint256 second = _open(alice, carol);
        skip(10);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(_ids(first)), 1);
        vm.prank(owner);
        assertEq(streamPay.batchUpdateStreams(_ids(first, second)), 1);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(carol.balance, 1_000.000999 ether);
        assertEq(owner.balance, 0.000001 ether);
    }

    /// @dev There the owner could take everything, and stop everybody else from taking anything.
    function test_D1_7_TheOwnerCanNeitherTakeNorHoldMoney() external {
        uint256 id = _open(alice, bob);
        uint256 another = _openUsdc(alice, bob);
        vm.startPrank(owner);
        streamPay.pause();
        bytes[4] memory drains = [
            abi.encodeWithSignature("emergencyWithdraw()"),
            abi.encodeWithSignature("withdrawFromStream(uint256)", id),
            abi.encodeWithSignature("cancelStream(uint256)", id),
            abi.encodeWithSignature("claim(address,address)", NATIVE, owner)
        ];
        for (uint256 i; i < drains.length; ++i) {
            (bool ok,) = address(streamPay).call(drains[i]);
            assertFalse(ok);
        }
        streamPay.renounceOwnership(); // Paused for good.
        vm.stopPrank();

        skip(30);
        vm.prank(bob);
        streamPay.withdrawFromStream(id);
        streamPay.batchUpdateStreams(_ids(id, another));
        vm.prank(alice);
        streamPay.cancelStreams(_ids(id, another));
        assertEq(address(streamPay).balance, 0);
        assertEq(usdc.balanceOf(address(streamPay)), 0);
        assertEq(owner.balance, 0);
    }

    /// @dev There the client took the id from a counter that another opening had moved on.
    function test_D1_9_TheIdComesWithTheOpening() external {
        uint256 before = streamPay.protocolStats().streams;
        uint256 raced = _open(mallory, bob);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCreated(raced + 1, alice, bob, NATIVE, DEPOSIT, DURATION, 0, 7, START);
        uint256 id = _open(alice, bob);
        assertEq(id, before + 2);
        assertEq(streamPay.streamInfo(id).sender, alice);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotParty.selector, raced, alice));
        vm.prank(alice);
        streamPay.cancelStream(raced);
    }

    /// @dev There volume counted deposits: 6.0 right after opening.
    function test_D1_13_VolumeIsWhatWasStreamed() external {
        uint256 id = _open(alice, bob);
        assertEq(streamPay.protocolStats().volume, 0);
        skip(10);
        streamPay.batchUpdateStreams(_ids(id));
        assertEq(streamPay.protocolStats().volume, 0.001 ether);
        skip(10);
        vm.prank(alice);
        streamPay.cancelStream(id);
        assertEq(streamPay.protocolStats().volume, 0.002 ether);
    }

    /// @dev There the check was commented out.
    function test_D1_16_NobodyStreamsToThemself() external {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.SelfStream.selector, alice));
        streamPay.createStream{value: DEPOSIT}(alice, DURATION, 0, 7);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.SelfStream.selector, alice));
        streamPay.createTokenStream(_terms(address(usdc), 6e6, alice));
    }

    /// @dev S1.7: 10 s at 0.1 a second pay the keeper 0.001 and the recipient 0.999.
    function test_S1_7_TenSecondsAtATenth() external {
        vm.prank(alice);
        uint256 id = streamPay.createStream{value: 6 ether}(bob, 60, 0, 7);
        skip(10);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(id));
        assertEq(mallory.balance, 1_000.001 ether);
        assertEq(bob.balance, 1_000.999 ether);
    }
}
