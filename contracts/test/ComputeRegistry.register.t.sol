// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree about listing.
contract ComputeRegistryRegister is RegistryFixture {
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
}
