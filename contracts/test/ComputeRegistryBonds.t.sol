// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {GasBurner, Mountain, Reentrant, Refuser} from "./registry/CoinReceivers.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistryBonds.tree. Alice's listing 1 has a bond of one coin.
contract ComputeRegistryBondsTest is RegistryFixture {
    address private arbiter = makeAddr("arbiter");
    address private victim = makeAddr("victim");

    function setUp() public override {
        super.setUp();
        _list(alice, MODEL, PRICE);
        _stake(alice, 1, 1 ether);
    }

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

    // ── helpers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function _request(uint256 amount) private {
        vm.prank(alice);
        registry.requestBondWithdrawal(1, amount);
    }

    function _slash(uint256 amount, address beneficiary) private {
        vm.prank(arbiter);
        registry.slashBond(1, amount, beneficiary);
    }

    function _propose(address proposed) private {
        vm.prank(owner);
        registry.proposeArbiter(proposed);
    }

    function _appoint() private {
        _propose(arbiter);
        skip(14 days);
        vm.prank(arbiter);
        registry.acceptArbiter();
    }

    function _assertBond(uint256 staked, uint256 leaving, uint256 availableAt) private view {
        ProviderBonds.Bond memory bond = registry.getBondDetails(1);
        assertEq(bond.staked, staked, "staked");
        assertEq(bond.leaving, leaving, "leaving");
        assertEq(bond.availableAt, availableAt, "available at");
    }
}
