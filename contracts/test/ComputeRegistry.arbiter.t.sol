// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {BondsFixture} from "./registry/BondsFixture.sol";

/// @dev The leaves of ComputeRegistryBonds.tree about the arbiter and the owner.
contract ComputeRegistryArbiter is BondsFixture {
    // ── the arbiter ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_SomebodyElseThanTheOwnerProposesOrRemoves() external {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        registry.proposeArbiter(alice);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        registry.removeArbiter();
    }

    function test_RevertWhen_TheArbiterAcceptsTooEarly() external {
        vm.expectEmit();
        emit ProviderBonds.ArbiterProposed(arbiter, START + 1_209_600);
        _propose(arbiter);
        skip(14 days - 1);
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.ArbiterNotYet.selector, START + 1_209_600));
        registry.acceptArbiter();
        skip(1);
        vm.expectEmit();
        emit ProviderBonds.ArbiterSet(arbiter);
        vm.prank(arbiter);
        registry.acceptArbiter();
        assertEq(registry.arbiter(), arbiter);
        assertEq(registry.proposedArbiter(), address(0));
        assertEq(registry.arbiterAcceptableAt(), 0);
    }

    function test_RevertWhen_SomebodyElseAcceptsOrTheProposalIsGone() external {
        _propose(arbiter);
        skip(14 days);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotProposedArbiter.selector, owner));
        registry.acceptArbiter();

        _propose(address(0));
        assertEq(registry.arbiterAcceptableAt(), 0);
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotProposedArbiter.selector, arbiter));
        registry.acceptArbiter();
    }

    function test_WhenProposedAgain_ItWaitsAnew() external {
        _propose(arbiter);
        skip(13 days);
        _propose(arbiter);
        skip(13 days);
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.ArbiterNotYet.selector, START + 27 days));
        registry.acceptArbiter();
    }

    function test_RevertWhen_TheArbiterAcceptsTwice() external {
        _appoint();
        vm.prank(owner);
        registry.removeArbiter();
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotProposedArbiter.selector, arbiter));
        registry.acceptArbiter();
    }

    function test_WhenAProviderDistrustsTheProposedArbiter_ItsBondIsAwayBefore() external {
        _propose(arbiter);
        skip(6 days);
        _request(1 ether);
        skip(7 days);
        vm.prank(alice);
        registry.withdrawBond(1);
        skip(1 days);
        vm.startPrank(arbiter);
        registry.acceptArbiter();
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.BondTooSmall.selector, 0));
        registry.slashBond(1, 1, victim);
    }

    function test_WhenTheOwnerRemovesTheArbiter_ItCanSlashNoMore() external {
        _appoint();
        vm.prank(owner);
        registry.removeArbiter();
        assertEq(registry.arbiter(), address(0));
        vm.prank(arbiter);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotArbiter.selector, arbiter));
        registry.slashBond(1, 1, victim);
    }

    // ── the owner ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenOwnershipMoves_TheNewOwnerHasToAccept() external {
        vm.prank(owner);
        registry.transferOwnership(bob);
        assertEq(registry.owner(), owner);
        vm.prank(bob);
        registry.acceptOwnership();
        assertEq(registry.owner(), bob);
    }

    function test_WhenTheOwnerCallsEverythingItMay_NoCoinMoves() external {
        vm.startPrank(owner);
        registry.setSettlement(owner);
        registry.recordCompletion(1, 1_000_000 ether);
        registry.proposeArbiter(owner);
        registry.removeArbiter();
        registry.renounceOwnership();
        assertEq(address(registry).balance, 1 ether);
        assertEq(registry.getBond(1), 1 ether);
    }
}
