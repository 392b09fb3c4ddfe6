// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree about the settlement role and what it records.
contract ComputeRegistrySettlement is RegistryFixture {
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
}
