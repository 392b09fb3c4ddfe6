// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RegistryFixture} from "./registry/RegistryFixture.sol";

/// @dev The leaves of ComputeRegistry.tree about the cheapest offer.
contract ComputeRegistryCheapest is RegistryFixture {
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

    function test_WhenAPriceFallsBelowThatOfItsParent_TheOrderHolds() external {
        for (uint256 i = 1; i <= 5; ++i) {
            _list(address(uint160(1000 + i)), MODEL, 10 * i);
        }
        _update(address(1004), 4, 15, true);
        uint256[2][5] memory order = [[uint256(1), 10], [uint256(4), 15], [uint256(2), 20], [uint256(3), 30], [uint256(5), 50]];
        for (uint256 i; i < order.length; ++i) {
            (uint256 id, uint256 price) = (order[i][0], order[i][1]);
            _assertCheapest(MODEL, id, price);
            _update(address(uint160(1000 + id)), id, price, false);
        }
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

    function test_WhenACheaperOneStandsLaterInTheHeap_ItIsTheOne() external {
        // In the heap: 1 at 1, 2 at 5, 3 at 2.
        _list(alice, MODEL, 1);
        _list(bob, MODEL, 5);
        _list(stranger, MODEL, 2);
        vm.deal(stranger, 1 ether);
        _stake(bob, 2, 1 ether);
        _stake(stranger, 3, 1 ether);
        _assertBonded(1 ether, 0, 10, 3, 2);
        _update(stranger, 3, 5, true);
        _assertBonded(1 ether, 0, 10, 2, 5);
    }

    function test_WhenAnEarlierOneOfTheSamePriceStandsLaterInTheHeap_ItIsTheOne() external {
        // In the heap: 1 at 1, 4 at 5, 3 at 5, 2 at 9.
        uint256[4] memory prices = [uint256(1), 9, 5, 5];
        for (uint256 id = 1; id <= 4; ++id) {
            address wallet = address(uint160(1000 + id));
            _list(wallet, MODEL, prices[id - 1]);
            vm.deal(wallet, 1 ether);
            if (id > 1) _stake(wallet, id, 1 ether);
        }
        _assertBonded(1 ether, 0, 10, 3, 5);
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

    // ── helpers ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
