// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree about what is read by pages.
contract ComputeRegistryViews is RegistryFixture {
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
}
