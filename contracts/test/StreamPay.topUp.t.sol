// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {TestUSDC} from "../src/dev/TestUSDC.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayTopUp is StreamPayFixture {
    uint256 internal id;

    function setUp() public override {
        super.setUp();
        id = _open(alice, bob);
    }

    function test_RevertGiven_TheStreamDoesNotExist() external {
        _expect(abi.encodeWithSelector(IStreamPay.StreamNotFound.selector, 2), 2, 1, 1);
    }

    function test_RevertGiven_TheStreamIsClosed() external {
        vm.prank(alice);
        streamPay.cancelStream(id);
        _expect(abi.encodeWithSelector(IStreamPay.StreamClosed.selector, id), id, 1, 1);
    }

    function test_RevertGiven_TheStreamHasEnded() external {
        skip(60);
        _expect(abi.encodeWithSelector(IStreamPay.StreamEnded.selector, id, START + 60), id, 1, 1);
        vm.warp(START + 59);
        vm.prank(alice);
        streamPay.topUp{value: 0.0001 ether}(id, 0.0001 ether);
        assertEq(streamPay.streamInfo(id).endTime, START + 61);
    }

    function test_RevertWhen_TheCallerIsNotTheSender() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotSender.selector, id, bob));
        vm.prank(bob);
        streamPay.topUp{value: 1}(id, 1);
    }

    function test_RevertWhen_TheAmountIsZero() external {
        _expect(abi.encodeWithSelector(IStreamPay.AmountZero.selector), id, 0, 0);
    }

    function test_RevertWhen_TheAmountMakesTheDepositTooLarge() external {
        uint256 most = type(uint128).max;
        vm.deal(carol, most);
        vm.prank(carol);
        uint256 large = streamPay.createStream{value: most - 5}(bob, 60, 0, 7);
        vm.deal(carol, 100);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.AmountTooLarge.selector, 6, 5));
        vm.prank(carol);
        streamPay.topUp{value: 6}(large, 6);
        vm.prank(carol);
        streamPay.topUp{value: 5}(large, 5);
        assertEq(streamPay.streamInfo(large).deposit, most);
        assertEq(streamPay.streamInfo(large).endTime, START + 61);
    }

    function test_RevertWhen_TheCoinsSentAreNotTheAmount() external {
        _expect(abi.encodeWithSelector(IStreamPay.ValueMismatch.selector, 2, 1), id, 2, 1);
        _expect(abi.encodeWithSelector(IStreamPay.ValueMismatch.selector, 1, 2), id, 1, 2);
    }

    function test_RevertWhen_CoinsAreSentToAStreamOfAToken() external {
        uint256 inUsdc = _openUsdc(alice, bob);
        _expect(abi.encodeWithSelector(IStreamPay.ValueMismatch.selector, 0, 1), inUsdc, 1, 1);
    }

    function test_RevertWhen_TheStreamWouldRunForMoreThan365Days() external {
        skip(10);
        // 0.0001 a second: 31,536,000 s from now is what 31,535,950 s more than the 50 that are left come to.
        uint256 amount = 31_535_950 * 0.0001 ether + 1;
        vm.deal(alice, amount);
        _expect(
            abi.encodeWithSelector(IStreamPay.EndTooFar.selector, START + 10 + 31_536_001, START + 10 + 31_536_000),
            id,
            amount,
            amount
        );
    }

    function test_WhenTheStreamWouldRunForExactly365Days() external {
        skip(10);
        uint256 amount = 31_535_950 * 0.0001 ether;
        vm.deal(alice, amount);
        vm.prank(alice);
        streamPay.topUp{value: amount}(id, amount);
        assertEq(streamPay.streamInfo(id).endTime, START + 10 + 31_536_000);
    }

    function test_RevertGiven_TheContractIsPaused() external {
        vm.prank(owner);
        streamPay.pause();
        _expect(abi.encodeWithSelector(Pausable.EnforcedPause.selector), id, 1, 1);
    }

    function test_WhenTheAmountIsGood() external {
        skip(30);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamToppedUp(id, 0.003 ether, 0.009 ether, START + 90);
        vm.prank(alice);
        streamPay.topUp{value: 0.003 ether}(id, 0.003 ether);

        IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
        assertEq(info.deposit, 0.009 ether);
        assertEq(info.endTime, START + 90);
        assertEq(info.rateAmount, 0.006 ether);
        assertEq(info.ratePeriod, 60);
        assertEq(info.accrued, 0.003 ether);
        vm.warp(START + 80);
        assertEq(streamPay.currentBalance(id), 0.008 ether);
        vm.warp(START + 90);
        assertEq(streamPay.currentBalance(id), 0.009 ether);
        vm.warp(START + 100);
        assertEq(streamPay.currentBalance(id), 0.009 ether);
    }

    function test_WhenItIsToppedUpAgain() external {
        // 100 units in 7 s: 14.28… a second.
        vm.startPrank(alice);
        id = streamPay.createStream{value: 100}(bob, 7, 0, 7);
        skip(3);
        streamPay.topUp{value: 1}(id, 1);
        assertEq(streamPay.streamInfo(id).endTime, START + 8); // 101 × 7 / 100 = 7.07
        skip(1);
        streamPay.topUp{value: 99}(id, 99);
        vm.stopPrank();
        assertEq(streamPay.streamInfo(id).endTime, START + 14);
        assertEq(streamPay.streamInfo(id).rateAmount, 100);
        vm.warp(START + 13);
        assertEq(streamPay.currentBalance(id), 185); // 1300 / 7
        vm.warp(START + 14);
        assertEq(streamPay.currentBalance(id), 200);
    }

    function test_GivenTheStreamIsOfAToken() external {
        uint256 inUsdc = _openUsdc(alice, bob);
        vm.prank(alice);
        streamPay.topUp(inUsdc, 3e6);
        assertEq(usdc.balanceOf(alice), 999_991e6);
        assertEq(usdc.balanceOf(address(streamPay)), 9e6);
        assertEq(streamPay.streamInfo(inUsdc).deposit, 9e6);
        assertEq(streamPay.streamInfo(inUsdc).endTime, START + 90);
    }

    function test_RevertGiven_TheTokenTakesAFee() external {
        HostileToken token = new HostileToken();
        token.mint(alice, 1_000);
        vm.startPrank(alice);
        token.approve(address(streamPay), 1_000);
        uint256 inToken = streamPay.createTokenStream(_terms(address(token), 600, bob));
        token.setMode(HostileToken.Mode.TakesFee);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.DepositMismatch.selector, address(token), 100, 99));
        streamPay.topUp(inToken, 100);
        vm.stopPrank();
        assertEq(streamPay.streamInfo(inToken).deposit, 600);
    }

    function test_WhenAnAuthorizationIsRelayed() external {
        uint256 inUsdc = _openUsdc(alice, bob);
        IStreamPay.Authorization memory signed = _authorize(3e6, streamPay.topUpNonce(inUsdc, 3e6, "more"));
        vm.prank(mallory);
        streamPay.topUpWithAuthorization(inUsdc, 3e6, "more", signed);
        assertEq(usdc.balanceOf(alice), 999_991e6);
        assertEq(usdc.balanceOf(mallory), 1_000_000e6);
        assertEq(streamPay.streamInfo(inUsdc).endTime, START + 90);
    }

    function test_RevertWhen_TheRelayerChangesTheAmount() external {
        uint256 inUsdc = _openUsdc(alice, bob);
        uint256 another = _openUsdc(alice, mallory);
        IStreamPay.Authorization memory signed = _authorize(3e6, streamPay.topUpNonce(inUsdc, 3e6, "more"));
        bytes memory refusal = abi.encodeWithSelector(TestUSDC.InvalidSignature.selector, alice);
        vm.expectRevert(refusal);
        streamPay.topUpWithAuthorization(inUsdc, 4e6, "more", signed);
        vm.expectRevert(refusal);
        streamPay.topUpWithAuthorization(another, 3e6, "more", signed);
        vm.expectRevert(refusal);
        streamPay.topUpWithAuthorization(inUsdc, 3e6, "again", signed);
        streamPay.topUpWithAuthorization(inUsdc, 3e6, "more", signed);
        bytes32 nonce = streamPay.topUpNonce(inUsdc, 3e6, "more");
        vm.expectRevert(abi.encodeWithSelector(TestUSDC.AuthorizationUsedOrCanceled.selector, alice, nonce));
        streamPay.topUpWithAuthorization(inUsdc, 3e6, "more", signed);
        vm.chainId(1);
        assertNotEq(streamPay.topUpNonce(inUsdc, 3e6, "more"), nonce);
    }

    function test_RevertWhen_AnAuthorizationIsForAStreamOfTheNativeCoin() external {
        IStreamPay.Authorization memory signed = _authorize(1, streamPay.topUpNonce(id, 1, "more"));
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.TokenInvalid.selector, NATIVE));
        streamPay.topUpWithAuthorization(id, 1, "more", signed);
    }

    function test_RevertWhen_AnAuthorizationComesWhilePaused() external {
        uint256 inUsdc = _openUsdc(alice, bob);
        IStreamPay.Authorization memory signed = _authorize(3e6, streamPay.topUpNonce(inUsdc, 3e6, "more"));
        vm.prank(owner);
        streamPay.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        streamPay.topUpWithAuthorization(inUsdc, 3e6, "more", signed);
    }

    function _expect(bytes memory refusal, uint256 stream, uint256 amount, uint256 value) private {
        vm.expectRevert(refusal);
        vm.prank(alice);
        streamPay.topUp{value: value}(stream, amount);
    }
}
