// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileParty} from "./mocks/HostileParty.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayFuzz is StreamPayFixture {
    /// @dev Each multiplication is checked against one that cannot overflow: what is earned never exceeds the exact ratio, and
    ///      falls short of it by less than one unit.
    function testFuzz_AccrualIsTheExactRatioRoundedDown(uint256 deposit, uint256 duration, uint256 elapsed) external {
        (uint256 id, uint256 amount, uint256 period) = _openAny(deposit, duration);
        elapsed = bound(elapsed, 0, 2 * period);
        vm.warp(START + elapsed);
        uint256 earned = streamPay.currentBalance(id);
        if (elapsed >= period) {
            assertEq(earned, amount);
        } else {
            assertLe(earned * period, amount * elapsed);
            assertGt((earned + 1) * period, amount * elapsed);
        }
        assertEq(earned + streamPay.refundableAmount(id), amount);
    }

    function testFuzz_ManyWithdrawalsComeToOne(uint256 deposit, uint256 duration, uint256[5] memory waits) external {
        (uint256 id, uint256 amount, uint256 period) = _openAny(deposit, duration);
        uint256 before = bob.balance;
        for (uint256 i; i < waits.length; ++i) {
            skip(bound(waits[i], 0, period / 5));
            if (streamPay.currentBalance(id) == 0) continue;
            vm.prank(bob);
            streamPay.withdrawFromStream(id);
        }
        uint256 elapsed = block.timestamp - START;
        assertEq(bob.balance - before, (amount * elapsed) / period);
        vm.warp(START + period);
        if (streamPay.currentBalance(id) > 0) {
            vm.prank(bob);
            streamPay.withdrawFromStream(id);
        }
        assertEq(bob.balance - before, amount);
        assertEq(address(streamPay).balance, 0);
    }

    function testFuzz_ATopUpKeepsTheRate(uint256 deposit, uint256 duration, uint256 elapsed, uint256 amount) external {
        (uint256 id, uint256 first, uint256 period) = _openAny(deposit, duration);
        elapsed = bound(elapsed, 0, period - 1);
        // As much as lasts for 365 days from then.
        amount = bound(amount, 1, (first * (elapsed + 365 days)) / period - first + 1);
        amount = bound(amount, 1, type(uint128).max - first + 1);
        if (first + amount > type(uint128).max) amount = type(uint128).max - first;
        vm.assume(amount > 0 && ((first + amount) * period + first - 1) / first <= elapsed + 365 days);
        vm.warp(START + elapsed);
        uint256 earned = streamPay.currentBalance(id);
        vm.deal(alice, amount);
        vm.prank(alice);
        streamPay.topUp{value: amount}(id, amount);
        assertEq(streamPay.currentBalance(id), earned);

        uint256 end = streamPay.streamInfo(id).endTime;
        vm.warp(end - 1);
        assertEq(streamPay.currentBalance(id), (first * (end - 1 - START)) / period);
        assertLt(streamPay.currentBalance(id), first + amount);
        vm.warp(end);
        assertEq(streamPay.currentBalance(id), first + amount);
    }

    function testFuzz_ClosingPaysOutExactlyTheDeposit(
        uint256 deposit,
        uint256 duration,
        uint256 update,
        uint256 close,
        bool bySender
    ) external {
        (uint256 id, uint256 amount, uint256 period) = _openAny(deposit, duration);
        (uint256 ofBob, uint256 ofKeeper, uint256 ofAlice) = (bob.balance, mallory.balance, alice.balance);
        update = bound(update, 0, period - 1);
        close = bound(close, update, 2 * period);
        vm.warp(START + update);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(id));
        vm.warp(START + close);
        vm.prank(bySender ? alice : bob);
        (, uint256 refund) = streamPay.cancelStream(id);

        uint256 reward = mallory.balance - ofKeeper;
        uint256 earned = close >= period ? amount : (amount * close) / period;
        assertEq(reward, ((amount * update) / period) / 1_000);
        assertEq(bob.balance - ofBob, earned - reward);
        assertEq(alice.balance - ofAlice, amount - earned);
        assertEq(refund, amount - earned);
        assertEq(address(streamPay).balance, 0);
    }

    /// @dev Whatever gas the caller gives, a recipient that can be paid with what it is entitled to is paid, or the call reverts.
    function testFuzz_NobodyIsStarvedOfGas(uint256 gasLimit) external {
        gasLimit = bound(gasLimit, 30_000, 200_000);
        HostileParty party = new HostileParty();
        uint256 id = _open(alice, address(party));
        party.setMode(HostileParty.Mode.NeedsItsGas);
        skip(4);
        vm.prank(alice);
        try streamPay.cancelStream{gas: gasLimit}(id) {
            assertEq(address(party).balance, 0.0004 ether);
        } catch {
            assertTrue(streamPay.streamInfo(id).open);
        }
        assertEq(streamPay.claimable(NATIVE, address(party)), 0);
    }

    function testFuzz_NoTokenIsStarvedOfGas(uint256 gasLimit) external {
        gasLimit = bound(gasLimit, 30_000, 700_000);
        HostileToken token = new HostileToken();
        token.mint(alice, 600);
        vm.startPrank(alice);
        token.approve(address(streamPay), 600);
        uint256 id = streamPay.createTokenStream(_terms(address(token), 600, bob));
        token.setMode(HostileToken.Mode.NeedsItsGas);
        skip(4);
        try streamPay.cancelStream{gas: gasLimit}(id) {
            assertEq(token.balanceOf(bob), 40);
            assertEq(token.balanceOf(alice), 560);
        } catch {
            assertTrue(streamPay.streamInfo(id).open);
        }
        assertEq(streamPay.claimable(address(token), bob), 0);
    }

    function testFuzz_OnlyPartiesMoveMoney(address caller, uint256 elapsed) external {
        vm.assume(caller != alice && caller != bob && caller != address(this));
        uint256 id = _open(alice, bob);
        skip(bound(elapsed, 1, 120));
        vm.startPrank(caller);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotRecipient.selector, id, caller));
        streamPay.withdrawFromStreamTo(id, caller);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotParty.selector, id, caller));
        streamPay.cancelStream(id);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToClaim.selector, NATIVE, caller));
        streamPay.claim(NATIVE, caller);
    }

    function _openAny(uint256 deposit, uint256 duration) private returns (uint256 id, uint256 amount, uint256 period) {
        period = bound(duration, 1, 365 days);
        amount = bound(deposit, period, type(uint128).max);
        vm.deal(alice, amount);
        vm.prank(alice);
        id = streamPay.createStream{value: amount}(bob, period, 0, 7);
    }
}
