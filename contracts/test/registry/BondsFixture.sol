// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ProviderBonds} from "../../src/registry/ProviderBonds.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @dev Alice's listing 1 with a bond of one coin, and somebody who may become arbiter.
abstract contract BondsFixture is RegistryFixture {
    address internal arbiter = makeAddr("arbiter");
    address internal victim = makeAddr("victim");

    function setUp() public override {
        super.setUp();
        _list(alice, MODEL, PRICE);
        _stake(alice, 1, 1 ether);
    }

    function _request(uint256 amount) internal {
        vm.prank(alice);
        registry.requestBondWithdrawal(1, amount);
    }

    function _slash(uint256 amount, address beneficiary) internal {
        vm.prank(arbiter);
        registry.slashBond(1, amount, beneficiary);
    }

    function _propose(address proposed) internal {
        vm.prank(owner);
        registry.proposeArbiter(proposed);
    }

    function _appoint() internal {
        _propose(arbiter);
        skip(14 days);
        vm.prank(arbiter);
        registry.acceptArbiter();
    }

    function _assertBond(uint256 staked, uint256 leaving, uint256 availableAt) internal view {
        ProviderBonds.Bond memory bond = registry.getBondDetails(1);
        assertEq(bond.staked, staked, "staked");
        assertEq(bond.leaving, leaving, "leaving");
        assertEq(bond.availableAt, availableAt, "available at");
    }
}
