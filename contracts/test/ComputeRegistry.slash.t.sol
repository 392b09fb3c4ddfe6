// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {BondsFixture} from "./registry/BondsFixture.sol";
import {GasBurner, Mountain, Reentrant, Refuser} from "./registry/CoinReceivers.sol";

/// @dev The leaves of ComputeRegistryBonds.tree about slashing, and the claims that it leaves.
contract ComputeRegistrySlash is BondsFixture {
    // ── slashBond ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_ThereIsNoArbiter() external {
        address[3] memory callers = [owner, settlement, alice];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotArbiter.selector, callers[i]));
            registry.slashBond(1, 1 ether, victim);
        }
    }

    function test_RevertWhen_SomebodyElseThanTheArbiterSlashes() external {
        _appoint();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotArbiter.selector, owner));
        registry.slashBond(1, 1, victim);
    }

    function test_RevertWhen_SlashingNothingOrMoreThanIsStaked() external {
        _appoint();
        vm.startPrank(arbiter);
        vm.expectRevert(ProviderBonds.AmountZero.selector);
        registry.slashBond(1, 0, victim);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BondTooSmall.selector, 1 ether));
        registry.slashBond(1, 1 ether + 1, victim);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BondTooSmall.selector, 0));
        registry.slashBond(77, 1, victim);
    }

    function test_RevertWhen_SlashingForNobodyOrTheRegistry() external {
        _appoint();
        vm.startPrank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BeneficiaryRefused.selector, address(0)));
        registry.slashBond(1, 1, address(0));
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BeneficiaryRefused.selector, address(registry)));
        registry.slashBond(1, 1, address(registry));
    }

    function test_WhenTheArbiterSlashes_ItPaysTheBeneficiary() external {
        _appoint();
        vm.expectEmit();
        emit ProviderBonds.BondSlashed(1, 0.3 ether, victim);
        _slash(0.3 ether, victim);
        assertEq(victim.balance, 0.3 ether);
        assertEq(registry.getBond(1), 0.7 ether);
        assertEq(address(registry).balance, 0.7 ether);
    }

    function test_WhenAWithdrawalIsPending_ASlashReachesIt() external {
        _appoint();
        _request(0.8 ether);
        _slash(0.1 ether, victim); // of what stays
        _assertBond(0.9 ether, 0.8 ether, block.timestamp + 7 days);
        skip(8 days); // ready to be withdrawn, and not yet withdrawn
        _slash(0.6 ether, victim); // the rest of it, and half a coin of what leaves
        assertEq(registry.getBond(1), 0);

        uint256 before = alice.balance;
        vm.prank(alice);
        registry.withdrawBond(1);
        assertEq(alice.balance - before, 0.3 ether);
        assertEq(victim.balance, 0.7 ether);
        assertEq(address(registry).balance, 0);
    }

    function test_WhenAllIsSlashed_NothingIsLeftToWithdraw() external {
        _appoint();
        _request(1 ether);
        _slash(1 ether, victim);
        skip(7 days);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingRequested.selector, 1));
        registry.withdrawBond(1);
    }

    function test_WhenTheBeneficiaryRefusesWastesGasOrReturnsAMountain_ItBecomesAClaim() external {
        _appoint();
        address[3] memory awkward = [address(new Refuser()), address(new GasBurner()), address(new Mountain())];
        for (uint256 i; i < awkward.length; ++i) {
            uint256 before = gasleft();
            _slash(0.1 ether, awkward[i]);
            assertLt(before - gasleft(), 250_000);
            assertEq(registry.claims(awkward[i]), 0.1 ether);
        }
        assertEq(address(registry).balance, 1 ether);
    }

    function test_WhenTheBeneficiaryCallsBack_ItGainsNothing() external {
        _appoint();
        Reentrant reentrant = new Reentrant(registry);
        _slash(0.1 ether, address(reentrant));
        assertEq(reentrant.attempts(), 1);
        assertEq(address(reentrant).balance, 0.1 ether);
        assertEq(address(registry).balance, 0.9 ether);
    }

    // ── withdrawClaim ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_ThereIsNoClaim() external {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingToClaim.selector, alice));
        registry.withdrawClaim(alice);
    }

    function test_RevertWhen_TheClaimCannotBePaidThere() external {
        _appoint();
        Refuser refuser = new Refuser();
        _slash(0.1 ether, address(refuser));
        vm.startPrank(address(refuser));
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BeneficiaryRefused.selector, address(0)));
        registry.withdrawClaim(address(0));
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BeneficiaryRefused.selector, address(registry)));
        registry.withdrawClaim(address(registry));
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.PushFailed.selector, address(refuser)));
        registry.withdrawClaim(address(refuser));
        assertEq(registry.claims(address(refuser)), 0.1 ether);
    }

    function test_WhenThereIsAClaim_ItIsPaidOnce() external {
        _appoint();
        Refuser refuser = new Refuser();
        _slash(0.1 ether, address(refuser));
        _slash(0.2 ether, address(refuser));
        vm.expectEmit();
        emit ProviderBonds.ClaimWithdrawn(address(refuser), victim, 0.3 ether);
        vm.startPrank(address(refuser));
        registry.withdrawClaim(victim);
        assertEq(victim.balance, 0.3 ether);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NothingToClaim.selector, address(refuser)));
        registry.withdrawClaim(victim);
    }
}
