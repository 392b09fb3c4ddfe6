// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree about changing a listing.
contract ComputeRegistryUpdate is RegistryFixture {
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
}
