// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {ComputeRegistry} from "../../src/ComputeRegistry.sol";

/// @dev A registry, two wallets that list, and a settlement role.
abstract contract RegistryFixture is Test {
    uint256 internal constant START = 1_800_000_000;
    string internal constant MODEL = "llama-3.3-70b-versatile";
    string internal constant ENDPOINT = "https://provider.example/inference";
    /// @dev 0.0001 coins a second, requirement S1.12.
    uint256 internal constant PRICE = 0.0001 ether;

    ComputeRegistry internal registry;
    address internal owner = makeAddr("owner");
    address internal settlement = makeAddr("settlement");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual {
        vm.warp(START);
        registry = new ComputeRegistry(owner);
        vm.prank(owner);
        registry.setSettlement(settlement);
        vm.deal(alice, 1_000 ether);
        vm.deal(bob, 1_000 ether);
    }

    function _list(address wallet, string memory model, uint256 price) internal returns (uint256 id) {
        vm.prank(wallet);
        return registry.registerProvider(model, price, ENDPOINT, 0);
    }

    function _update(address wallet, uint256 id, uint256 price, bool active) internal {
        vm.prank(wallet);
        registry.updateProvider(id, price, ENDPOINT, active);
    }

    function _stake(address wallet, uint256 id, uint256 amount) internal {
        vm.prank(wallet);
        registry.stakeBond{value: amount}(id);
    }

    function _assertStats(uint256 total, uint256 active) internal view {
        (uint256 hasTotal, uint256 hasActive) = registry.getRegistryStats();
        assertEq(hasTotal, total, "total");
        assertEq(hasActive, active, "active");
    }

    function _assertCheapest(string memory model, uint256 id, uint256 price) internal view {
        (uint256 hasId, uint256 hasPrice) = registry.getCheapestProvider(model);
        assertEq(hasId, id, "id");
        assertEq(hasPrice, price, "price");
    }

    function _bytes(uint256 length) internal pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i; i < length; ++i) {
            text[i] = "x";
        }
        return string(text);
    }
}
