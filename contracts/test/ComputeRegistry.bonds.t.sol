// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {BondsFixture} from "./registry/BondsFixture.sol";
import {Reentrant, Refuser} from "./registry/CoinReceivers.sol";

/// @dev The leaves of ComputeRegistryBonds.tree about staking and taking out.
contract ComputeRegistryBonds is BondsFixture {
    // ── stakeBond ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_StakingForSomebodyElse() external {
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotTheProvider.selector, 1, bob));
        registry.stakeBond{value: 1}(1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ProviderUnknown.selector, 2));
        registry.stakeBond{value: 1}(2);
    }

    function test_RevertWhen_StakingNothing() external {
        vm.prank(alice);
        vm.expectRevert(ProviderBonds.AmountZero.selector);
        registry.stakeBond(1);
    }

    function test_RevertWhen_StakingMoreThanThereIs() external {
        vm.deal(alice, 1 << 128);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.AmountTooBig.selector, 1 << 128));
        registry.stakeBond{value: 1 << 128}(1);
    }

    function test_WhenAsMuchIsSentAsABondHolds_ItTakesIt() external {
        uint256 id = _list(bob, MODEL, PRICE);
        uint256 most = type(uint128).max;
        vm.deal(bob, most);
        vm.prank(bob);
        registry.stakeBond{value: most}(id);
        assertEq(registry.getBondDetails(id).staked, most);
    }

    function test_WhenCoinIsSent_ItAddsItToTheBond_D1_14() external {
        vm.expectEmit();
        emit ProviderBonds.BondStaked(1, 0.5 ether);
        _stake(alice, 1, 0.5 ether);
        assertEq(registry.getBond(1), 1.5 ether);
        assertEq(address(registry).balance, 1.5 ether);
    }

    // ── requestBondWithdrawal ───────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_RequestingForSomebodyElse() external {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotTheProvider.selector, 1, owner));
        registry.requestBondWithdrawal(1, 1);
    }

    function test_RevertWhen_RequestingMoreThanIsStaked() external {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BondTooSmall.selector, 1 ether));
        registry.requestBondWithdrawal(1, 1 ether + 1);
    }

    function test_WhenAPartIsAskedFor_ItNoLongerCounts() external {
        vm.expectEmit();
        emit ProviderBonds.BondWithdrawalRequested(1, 0.4 ether, START + 604_800);
        _request(0.4 ether);
        assertEq(registry.getBond(1), 0.6 ether);
        _assertBond(1 ether, 0.4 ether, START + 604_800);
    }

    function test_WhenAskedForAgain_ItTakesThePlaceOfTheFirst() external {
        _request(0.4 ether);
        skip(6 days);
        _request(0.1 ether);
        _assertBond(1 ether, 0.1 ether, START + 13 days);
    }

    function test_WhenZeroIsAskedFor_ItTakesTheRequestBack() external {
        _request(0.4 ether);
        skip(7 days);
        _request(0);
        _assertBond(1 ether, 0, 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingRequested.selector, 1));
        registry.withdrawBond(1);
    }

    // ── withdrawBond ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_WithdrawingForSomebodyElse() external {
        _request(1 ether);
        skip(7 days);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotTheProvider.selector, 1, owner));
        registry.withdrawBond(1);
    }

    function test_RevertWhen_WithdrawingWhatWasNotAskedFor() external {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingRequested.selector, 1));
        registry.withdrawBond(1);
    }

    function test_RevertWhen_WithdrawingASecondTooEarly() external {
        _request(1 ether);
        skip(7 days - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BondNotYet.selector, START + 7 days));
        registry.withdrawBond(1);
    }

    function test_WhenTheDelayIsOver_ItPaysOnce() external {
        _request(0.4 ether);
        skip(7 days);
        uint256 before = alice.balance;
        vm.expectEmit();
        emit ProviderBonds.BondWithdrawn(1, 0.4 ether);
        vm.startPrank(alice);
        registry.withdrawBond(1);
        assertEq(alice.balance - before, 0.4 ether);
        _assertBond(0.6 ether, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingRequested.selector, 1));
        registry.withdrawBond(1);
    }

    function test_WhenTheListingIsOff_TheBondCanStillLeave() external {
        _update(alice, 1, PRICE, false);
        _request(1 ether);
        skip(7 days);
        vm.prank(alice);
        registry.withdrawBond(1);
        assertEq(address(registry).balance, 0);
    }

    function test_WhenTheProviderRefusesCoin_ItBecomesAClaim() external {
        Refuser refuser = new Refuser();
        vm.deal(address(refuser), 1 ether);
        vm.startPrank(address(refuser));
        uint256 id = registry.registerProvider(MODEL, PRICE, ENDPOINT, 0);
        registry.stakeBond{value: 1 ether}(id);
        registry.requestBondWithdrawal(id, 1 ether);
        skip(7 days);
        vm.expectEmit();
        emit ProviderBonds.ClaimRecorded(address(refuser), 1 ether);
        registry.withdrawBond(id);
        vm.stopPrank();

        assertEq(registry.claims(address(refuser)), 1 ether);
        assertEq(address(registry).balance, 2 ether);
    }

    function test_WhenTheProviderCallsBack_ItGainsNothing() external {
        Reentrant reentrant = new Reentrant(registry);
        uint256 id = reentrant.list(MODEL);
        reentrant.stake{value: 1 ether}(id);
        reentrant.request(id, 0.4 ether);
        skip(7 days);
        reentrant.withdraw(id);

        assertEq(reentrant.attempts(), 1);
        assertEq(address(reentrant).balance, 0.4 ether);
        assertEq(address(registry).balance, 1.6 ether);
    }
}
