// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";
import {RegistryHandler} from "./registry/RegistryHandler.sol";

/// @dev What holds of the registry whatever its users do, in any order.
contract ComputeRegistryInvariants is RegistryFixture {
    RegistryHandler private handler;

    function setUp() public override {
        super.setUp();
        address arbiter = makeAddr("arbiter");
        vm.prank(owner);
        registry.proposeArbiter(arbiter);
        skip(14 days);
        vm.prank(arbiter);
        registry.acceptArbiter();
        handler = new RegistryHandler(registry, settlement, arbiter);
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: long.invariant.runs = 1000
    function invariant_coinIsConserved() external view {
        (uint256 bonds, uint256 claims) = _sums();
        assertEq(address(registry).balance, bonds + claims, "balance");
        assertEq(handler.staked(), bonds + handler.withdrawn() + handler.slashed(), "stake");
        for (uint256 id = 1; id <= _total(); ++id) {
            ComputeRegistry.Bond memory bond = registry.getBondDetails(id);
            assertLe(bond.leaving, bond.staked);
            assertEq(registry.getBond(id), bond.staked - bond.leaving);
        }
    }

    /// forge-config: default.invariant.runs = 32
    /// forge-config: long.invariant.runs = 1000
    function invariant_listsAreRight() external view {
        _assertCounters();
        _assertCheapest();
        _assertOneActiveListingAModel();
    }

    function _assertCounters() private view {
        (uint256 total, uint256 active) = registry.getRegistryStats();
        uint256 counted;
        uint256 earned;
        for (uint256 id = 1; id <= total; ++id) {
            ComputeRegistry.Provider memory provider = registry.getProvider(id);
            if (provider.active) ++counted;
            earned += provider.earned;
        }
        assertEq(active, counted);
        assertEq(registry.getActiveProviderIds(0, 200).length, active > 200 ? 200 : active);
        assertEq(earned, handler.earned());
    }

    function _assertCheapest() private view {
        for (uint256 m; m < handler.modelCount(); ++m) {
            string memory model = handler.models(m);
            (uint256 bestId, uint256 bestPrice, uint256 count) = _search(model);
            (uint256 id, uint256 price) = registry.getCheapestProvider(model);
            assertEq(id, bestId);
            assertEq(price, bestPrice);
            assertEq(registry.getModelListingCount(model), count);
            (id, price) = registry.getCheapestBondedProvider(model, 0, 0, 200);
            assertEq(id, bestId);
            assertEq(price, bestPrice);
        }
    }

    function _assertOneActiveListingAModel() private view {
        for (uint256 w; w < handler.walletCount(); ++w) {
            address wallet = handler.wallets(w);
            for (uint256 m; m < handler.modelCount(); ++m) {
                (uint256 count, uint256 last) = _activeOf(wallet, handler.models(m));
                assertLe(count, 1);
                assertEq(registry.getActiveProviderOf(wallet, handler.models(m)), last);
            }
        }
    }

    function _search(string memory model) private view returns (uint256 id, uint256 price, uint256 count) {
        for (uint256 other = 1; other <= _total(); ++other) {
            ComputeRegistry.Provider memory provider = registry.getProvider(other);
            if (!provider.active || !_same(provider.model, model)) continue;
            ++count;
            if (id == 0 || provider.pricePerSecond < price) (id, price) = (other, provider.pricePerSecond);
        }
    }

    function _activeOf(address wallet, string memory model) private view returns (uint256 count, uint256 last) {
        uint256[] memory ids = registry.getWalletProviders(wallet, 0, 200);
        for (uint256 i; i < ids.length; ++i) {
            ComputeRegistry.Provider memory provider = registry.getProvider(ids[i]);
            assertEq(provider.wallet, wallet);
            if (provider.active && _same(provider.model, model)) (count, last) = (count + 1, ids[i]);
        }
    }

    function _sums() private view returns (uint256 bonds, uint256 claims) {
        for (uint256 id = 1; id <= _total(); ++id) {
            bonds += registry.getBondDetails(id).staked;
        }
        for (uint256 w; w < handler.walletCount(); ++w) {
            claims += registry.claims(handler.wallets(w));
        }
    }

    function _total() private view returns (uint256 total) {
        (total,) = registry.getRegistryStats();
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
