// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @notice Gas of whole transactions with cold storage.
/// forge-config: default.isolate = true
contract ComputeRegistryGas is RegistryFixture {
    function setUp() public override {
        super.setUp();
        _list(alice, MODEL, PRICE);
        _stake(alice, 1, 1 ether);
    }

    function test_register() external {
        _list(bob, MODEL, PRICE + 1);
        vm.snapshotGasLastCall("ComputeRegistry", "register");
    }

    function test_update() external {
        _update(alice, 1, PRICE + 1, true);
        vm.snapshotGasLastCall("ComputeRegistry", "change price");
        _update(alice, 1, PRICE + 1, false);
        vm.snapshotGasLastCall("ComputeRegistry", "turn off");
        _update(alice, 1, PRICE + 1, true);
        vm.snapshotGasLastCall("ComputeRegistry", "turn on");
    }

    function test_updateAmongAThousand() external {
        for (uint256 i; i < 1_000; ++i) {
            _list(address(uint160(1_000 + i)), MODEL, PRICE + 1 + i);
        }
        _list(bob, MODEL, 1);
        vm.snapshotGasLastCall("ComputeRegistry", "register the cheapest of a thousand");
        _update(bob, 1_002, 2 * PRICE, true);
        vm.snapshotGasLastCall("ComputeRegistry", "make it the dearest");
        registry.getCheapestProvider(MODEL);
        vm.snapshotGasLastCall("ComputeRegistry", "cheapest of a thousand");
    }

    function test_record() external {
        vm.startPrank(settlement);
        registry.recordCompletion(1, 1);
        registry.recordCompletion(1, 1);
        vm.snapshotGasLastCall("ComputeRegistry", "record completion");
    }

    function test_bond() external {
        _stake(alice, 1, 1 ether);
        vm.snapshotGasLastCall("ComputeRegistry", "add to bond");
        vm.startPrank(alice);
        registry.requestBondWithdrawal(1, 1 ether);
        vm.snapshotGasLastCall("ComputeRegistry", "request bond");
        skip(7 days);
        registry.withdrawBond(1);
        vm.snapshotGasLastCall("ComputeRegistry", "withdraw bond");
    }
}
