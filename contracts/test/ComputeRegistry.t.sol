// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree.
contract ComputeRegistryTest is RegistryFixture {
    // ── registerProvider ────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_ModelIsEmpty() external {
        vm.expectRevert(ComputeRegistry.ModelEmpty.selector);
        registry.registerProvider("", PRICE, ENDPOINT, 0);
    }

    function test_RevertWhen_ModelIsTooLong() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ModelTooLong.selector, 65));
        registry.registerProvider(_bytes(65), PRICE, ENDPOINT, 0);
    }

    function test_RevertWhen_PriceIsZero() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.PriceOutOfRange.selector, 0));
        registry.registerProvider(MODEL, 0, ENDPOINT, 0);
    }

    function test_RevertWhen_PriceIsBeyondInt96() external {
        uint256 tooHigh = 39_614_081_257_132_168_796_771_975_168; // 2^95
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.PriceOutOfRange.selector, tooHigh));
        registry.registerProvider(MODEL, tooHigh, ENDPOINT, 0);
    }

    function test_RevertWhen_EndpointIsEmpty() external {
        vm.expectRevert(ComputeRegistry.EndpointEmpty.selector);
        registry.registerProvider(MODEL, PRICE, "", 0);
    }

    function test_RevertWhen_EndpointIsTooLong() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.EndpointTooLong.selector, 257));
        registry.registerProvider(MODEL, PRICE, _bytes(257), 0);
    }

    function test_RevertWhen_ServiceTypeIsUnknown() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ServiceTypeUnknown.selector, 3));
        registry.registerProvider(MODEL, PRICE, ENDPOINT, 3);
    }

    function test_RevertWhen_WalletHasTheModelListed_D1_15() external {
        _list(alice, MODEL, PRICE);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.AlreadyListed.selector, 1));
        registry.registerProvider(MODEL, 2 * PRICE, "https://elsewhere.example", 1);
    }

    function test_WhenTheOfferIsSound_ItListsIt() external {
        vm.expectEmit();
        emit ComputeRegistry.ProviderRegistered(1, alice, MODEL, PRICE, ENDPOINT, 2);
        vm.prank(alice);
        assertEq(registry.registerProvider(MODEL, PRICE, ENDPOINT, 2), 1);

        ComputeRegistry.Provider memory provider = registry.getProvider(1);
        assertEq(provider.wallet, alice);
        assertEq(provider.model, "llama-3.3-70b-versatile");
        assertEq(provider.pricePerSecond, 100_000_000_000_000);
        assertEq(provider.endpoint, "https://provider.example/inference");
        assertEq(provider.serviceType, 2);
        assertTrue(provider.active);
        assertEq(provider.requests, 0);
        assertEq(provider.earned, 0);
        assertEq(provider.registeredAt, START);
        assertEq(registry.getActiveProviderOf(alice, MODEL), 1);
        assertEq(_list(bob, MODEL, PRICE), 2);
        _assertStats(2, 2);
    }

    function test_WhenStringsAndPriceAreAtTheirLimits_ItListsThem() external {
        uint256 highest = 39_614_081_257_132_168_796_771_975_167; // 2^95 - 1
        uint256 id = registry.registerProvider(_bytes(64), highest, _bytes(256), 0);
        assertEq(bytes(registry.getProvider(id).model).length, 64);
        assertEq(bytes(registry.getProvider(id).endpoint).length, 256);
        assertEq(registry.getProvider(id).pricePerSecond, highest);
        assertEq(registry.registerProvider(_bytes(63), 1, _bytes(1), 1), 2);
    }

    function test_WhenTheWalletHasOtherModels_D1_15() external {
        assertEq(_list(alice, MODEL, PRICE), 1);
        assertEq(_list(alice, "llama-3.1-8b-instant", PRICE), 2);
        assertEq(_list(bob, MODEL, PRICE), 3);
        _assertStats(3, 3);
    }

    function test_WhenTheOldListingIsOff_TheWalletMayListAnew() external {
        _list(alice, MODEL, PRICE);
        _update(alice, 1, PRICE, false);
        assertEq(_list(alice, MODEL, PRICE), 2);
        _assertStats(2, 1);
        assertEq(registry.getActiveProviderOf(alice, MODEL), 2);
    }

    // ── updateProvider ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_UpdatingWhatIsNotListed() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ProviderUnknown.selector, 1));
        registry.updateProvider(1, PRICE, ENDPOINT, true);
    }

    function test_RevertWhen_UpdatingWhatSomebodyElseListed() external {
        _list(alice, MODEL, PRICE);
        address[3] memory others = [bob, owner, settlement];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotTheProvider.selector, 1, others[i]));
            registry.updateProvider(1, PRICE, ENDPOINT, false);
        }
    }

    function test_RevertWhen_UpdatingToWhatRegistrationRefuses_D1_6() external {
        _list(alice, MODEL, PRICE);
        vm.startPrank(alice);
        vm.expectRevert(ComputeRegistry.EndpointEmpty.selector);
        registry.updateProvider(1, PRICE, "", true);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.EndpointTooLong.selector, 257));
        registry.updateProvider(1, PRICE, _bytes(257), true);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.PriceOutOfRange.selector, 0));
        registry.updateProvider(1, 0, ENDPOINT, false);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.PriceOutOfRange.selector, 1 << 95));
        registry.updateProvider(1, 1 << 95, ENDPOINT, true);
    }

    function test_WhenTurnedOff_ItIsNotCountedPagedOrChosen() external {
        _list(alice, MODEL, PRICE);
        _list(bob, MODEL, 2 * PRICE);

        vm.expectEmit();
        emit ComputeRegistry.ProviderUpdated(1, PRICE, ENDPOINT, false);
        _update(alice, 1, PRICE, false);

        _assertStats(2, 1);
        _assertCheapest(MODEL, 2, 2 * PRICE);
        assertFalse(registry.getProvider(1).active);
        assertEq(registry.getActiveProviderOf(alice, MODEL), 0);
        uint256[] memory active = registry.getActiveProviderIds(0, 10);
        assertEq(active.length, 1);
        assertEq(active[0], 2);

        _update(alice, 1, PRICE, false);
        _assertStats(2, 1);
    }

    function test_WhenTurnedOn_ItIsCountedAndChosen() external {
        _list(alice, MODEL, PRICE);
        _update(alice, 1, PRICE, false);
        _update(alice, 1, PRICE, true);
        _assertStats(1, 1);
        _assertCheapest(MODEL, 1, PRICE);
        _update(alice, 1, PRICE, true);
        _assertStats(1, 1);
        assertEq(registry.getModelListingCount(MODEL), 1);
    }

    function test_RevertWhen_TurningOnWhatAnotherListingReplaced() external {
        _list(alice, MODEL, PRICE);
        _update(alice, 1, PRICE, false);
        _list(alice, MODEL, PRICE);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.AlreadyListed.selector, 2));
        registry.updateProvider(1, PRICE, ENDPOINT, true);
    }

    function test_WhenThePriceChanges_ItMovesInTheOrder() external {
        _list(alice, MODEL, 10);
        _list(bob, MODEL, 20);
        _update(bob, 2, 5, true);
        _assertCheapest(MODEL, 2, 5);
        _update(bob, 2, 30, true);
        _assertCheapest(MODEL, 1, 10);
        assertEq(registry.getProvider(2).pricePerSecond, 30);
    }

    function test_WhenThePriceOfAListingThatIsOffChanges_ItCountsOnceItIsOn() external {
        _list(alice, MODEL, 10);
        _list(bob, MODEL, 20);
        _update(bob, 2, 5, false);
        _assertCheapest(MODEL, 1, 10);
        _update(bob, 2, 5, true);
        _assertCheapest(MODEL, 2, 5);
    }

    function test_WhenTheEndpointChanges_ItIsStored() external {
        _list(alice, MODEL, PRICE);
        vm.prank(alice);
        registry.updateProvider(1, PRICE, "https://new.example", true);
        assertEq(registry.getProvider(1).endpoint, "https://new.example");
    }

    // ── recordCompletion ────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_SomebodyElseRecords_D1_5() external {
        _list(alice, MODEL, PRICE);
        address[3] memory others = [alice, owner, stranger];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.NotSettlement.selector, others[i]));
            registry.recordCompletion(1, 1_000_000 ether);
        }
        assertEq(registry.getProvider(1).earned, 0);
    }

    function test_RevertWhen_RecordingForWhatIsNotListed() external {
        vm.prank(settlement);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ProviderUnknown.selector, 9));
        registry.recordCompletion(9, 1);
    }

    function test_WhenSettlementRecords_ItAdds() external {
        _list(alice, MODEL, PRICE);
        vm.expectEmit();
        emit ComputeRegistry.CompletionRecorded(1, 42);
        vm.prank(settlement);
        registry.recordCompletion(1, 42);
        _update(alice, 1, PRICE, false);
        vm.prank(settlement);
        registry.recordCompletion(1, 8);

        assertEq(registry.getProvider(1).requests, 2);
        assertEq(registry.getProvider(1).earned, 50);
    }

    // ── getCheapestProvider ─────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenNobodyListsTheModel_ItReturnsZero() external {
        _list(alice, MODEL, PRICE);
        _assertCheapest("llama-3.3-70b-versatilE", 0, 0);
        _assertCheapest("", 0, 0);
        _update(alice, 1, PRICE, false);
        _assertCheapest(MODEL, 0, 0);
    }

    function test_WhenSeveralList_ItReturnsTheCheapestOfExactlyThatModel_D1_11() external {
        _list(alice, MODEL, 30);
        _list(bob, MODEL, 20);
        _list(alice, "llama-3.3-70b", 1);
        _list(stranger, MODEL, 25);
        _assertCheapest(MODEL, 2, 20);
    }

    function test_WhenPricesAreEqual_ItReturnsTheEarliest() external {
        _list(alice, MODEL, 20);
        _list(bob, MODEL, 20);
        _assertCheapest(MODEL, 1, 20);
        _update(alice, 1, 30, true);
        _update(alice, 1, 20, true);
        _assertCheapest(MODEL, 1, 20);
    }

    function test_WhenTheCheapestIsTurnedOff_ItReturnsTheNext() external {
        for (uint256 i = 1; i <= 5; ++i) {
            _list(address(uint160(1000 + i)), MODEL, 10 * i);
        }
        for (uint256 i = 1; i <= 5; ++i) {
            _assertCheapest(MODEL, i, 10 * i);
            _update(address(uint160(1000 + i)), i, 10 * i, false);
        }
        _assertCheapest(MODEL, 0, 0);
    }

    function test_WhenAThousandListingsAreInTheWay_ItCostsAsMuchAsWithOne() external {
        _list(alice, MODEL, PRICE);
        uint256 alone = _gasOfCheapest();
        // The worst for the heap: each new one is cheaper than all before and rises to the top.
        for (uint256 i; i < 1_000; ++i) {
            _list(address(uint160(1_000 + i)), MODEL, PRICE - 1 - i);
        }
        assertEq(_gasOfCheapest(), alone);

        vm.startPrank(bob);
        uint256 before = gasleft();
        registry.registerProvider(MODEL, 1, ENDPOINT, 0);
        // Ten levels, two warm or cold slots each, on top of some 330,000 that any listing costs.
        assertLt(before - gasleft(), 650_000);
        vm.stopPrank();
        _assertCheapest(MODEL, 1_002, 1);
    }

    // ── getCheapestBondedProvider ───────────────────────────────────────────────────────────────────────────────────

    function test_WhenListingsHaveLessBehindThem_TheyAreSkipped_D1_14() external {
        _list(alice, MODEL, 10);
        _list(bob, MODEL, 20);
        _stake(alice, 1, 0.9 ether);
        _stake(bob, 2, 1 ether);
        _assertBonded(1 ether, 0, 10, 2, 20);
        _assertBonded(0.9 ether, 0, 10, 1, 10);
        _assertBonded(0, 0, 10, 1, 10);
        _assertBonded(1 ether + 1, 0, 10, 0, 0);
    }

    function test_WhenABondIsLeaving_ItDoesNotCount() external {
        _list(alice, MODEL, 10);
        _stake(alice, 1, 1 ether);
        vm.prank(alice);
        registry.requestBondWithdrawal(1, 1);
        _assertBonded(1 ether, 0, 10, 0, 0);
        _assertBonded(1 ether - 1, 0, 10, 1, 10);
    }

    function test_WhenReadByPages_TheBestOfAllPagesIsTheCheapest() external {
        for (uint256 i = 1; i <= 7; ++i) {
            _list(address(uint160(1000 + i)), MODEL, 100 - i);
        }
        uint256 best = type(uint256).max;
        for (uint256 offset; offset < registry.getModelListingCount(MODEL); offset += 2) {
            (, uint256 price) = registry.getCheapestBondedProvider(MODEL, 0, offset, 2);
            if (price < best) best = price;
        }
        assertEq(best, 93);
        _assertBonded(0, 7, 2, 0, 0);
        _assertBonded(0, type(uint256).max, type(uint256).max, 0, 0);
    }

    // ── paged views ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenTheOffsetIsPastTheEnd_PagesAreEmpty() external {
        _list(alice, MODEL, PRICE);
        assertEq(registry.getActiveProviderIds(1, 10).length, 0);
        assertEq(registry.getActiveProviderIds(type(uint256).max, type(uint256).max).length, 0);
        assertEq(registry.getActiveProviderIds(0, 0).length, 0);
        assertEq(registry.getWalletProviders(alice, 1, 10).length, 0);
        assertEq(registry.getWalletProviders(alice, type(uint256).max, type(uint256).max).length, 0);
        assertEq(registry.getWalletProviders(bob, 0, 10).length, 0);
    }

    function test_WhenTheLimitIsAbove200_PagesHave200Rows() external {
        for (uint256 i; i < 201; ++i) {
            vm.prank(alice);
            registry.registerProvider(vm.toString(i), PRICE, ENDPOINT, 0);
        }
        assertEq(registry.getActiveProviderIds(0, type(uint256).max).length, 200);
        assertEq(registry.getWalletProviders(alice, 0, 201).length, 200);
        assertEq(registry.getWalletProviders(alice, 200, 201).length, 1);
    }

    function test_WhenReadPageAfterPage_EveryIdComesOnce() external {
        for (uint256 i; i < 7; ++i) {
            _list(i % 2 == 0 ? alice : bob, vm.toString(i), PRICE);
        }
        _update(alice, 3, PRICE, false);

        uint256 seen;
        for (uint256 offset; offset < 6; offset += 4) {
            uint256[] memory ids = registry.getActiveProviderIds(offset, 4);
            for (uint256 i; i < ids.length; ++i) {
                assertEq(seen & (1 << ids[i]), 0);
                seen |= 1 << ids[i];
            }
        }
        assertEq(seen, 246); // bits 1, 2, 4, 5, 6, 7

        uint256[] memory ofAlice = registry.getWalletProviders(alice, 1, 2);
        assertEq(ofAlice.length, 2);
        assertEq(ofAlice[0], 3);
        assertEq(ofAlice[1], 5);
    }

    function test_RevertWhen_ReadingWhatIsNotListed() external {
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.ProviderUnknown.selector, 0));
        registry.getProvider(0);
    }

    // ── setSettlement ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_SomebodyElseNamesSettlement() external {
        vm.prank(settlement);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, settlement));
        registry.setSettlement(stranger);
    }

    function test_WhenTheOwnerNamesSettlement_ItReplacesTheRole() external {
        _list(alice, MODEL, PRICE);
        vm.expectEmit();
        emit ComputeRegistry.SettlementSet(bob);
        vm.prank(owner);
        registry.setSettlement(bob);
        assertEq(registry.settlement(), bob);
        vm.prank(bob);
        registry.recordCompletion(1, 1);
        vm.prank(settlement);
        vm.expectRevert(abi.encodeWithSelector(ComputeRegistry.NotSettlement.selector, settlement));
        registry.recordCompletion(1, 1);
    }

    // ── helpers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertStats(uint256 total, uint256 active) private view {
        (uint256 hasTotal, uint256 hasActive) = registry.getRegistryStats();
        assertEq(hasTotal, total, "total");
        assertEq(hasActive, active, "active");
    }

    function _assertCheapest(string memory model, uint256 id, uint256 price) private view {
        (uint256 hasId, uint256 hasPrice) = registry.getCheapestProvider(model);
        assertEq(hasId, id, "id");
        assertEq(hasPrice, price, "price");
    }

    function _assertBonded(uint256 bondMin, uint256 offset, uint256 limit, uint256 id, uint256 price) private view {
        (uint256 hasId, uint256 hasPrice) = registry.getCheapestBondedProvider(MODEL, bondMin, offset, limit);
        assertEq(hasId, id, "id");
        assertEq(hasPrice, price, "price");
    }

    function _gasOfCheapest() private returns (uint256) {
        vm.cool(address(registry));
        uint256 before = gasleft();
        registry.getCheapestProvider(MODEL);
        return before - gasleft();
    }
}
