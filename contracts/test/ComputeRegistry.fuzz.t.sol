// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {ComputeRegistry} from "../src/ComputeRegistry.sol";
import {ProviderBonds} from "../src/registry/ProviderBonds.sol";
import {RegistryFixture} from "./registry/RegistryFixture.sol";
import {RegistryHandler} from "./registry/RegistryHandler.sol";

contract ComputeRegistryFuzz is RegistryFixture {
    /// @dev State as somebody who only reads events has it.
    mapping(uint256 id => ComputeRegistry.Provider) private replayed;
    mapping(uint256 id => ProviderBonds.Bond) private replayedBonds;
    mapping(address account => uint256) private replayedClaims;
    uint256 private replayedTotal;

    function testFuzz_anOfferIsTakenExactlyWithinItsBounds(
        uint16 modelBytes,
        uint256 price,
        uint16 endpointBytes,
        uint8 serviceType
    ) external {
        modelBytes = uint16(bound(modelBytes, 0, 70));
        endpointBytes = uint16(bound(endpointBytes, 0, 300));
        bool sound = modelBytes >= 1 && modelBytes <= 64 && price >= 1 && price <= 2 ** 95 - 1 && endpointBytes >= 1
            && endpointBytes <= 256 && serviceType <= 2;
        string memory model = _bytes(modelBytes);
        string memory endpoint = _bytes(endpointBytes);
        try registry.registerProvider(model, price, endpoint, serviceType) returns (uint256 id) {
            assertTrue(sound);
            assertEq(id, 1);
        } catch {
            assertFalse(sound);
        }
    }

    function testFuzz_onlyTheProviderMutates(address caller, uint256 price, bool active, uint256 amount) external {
        // Nobody calls as zero, which is the arbiter while there is none.
        vm.assume(caller != alice && caller != address(0) && caller.code.length == 0);
        _list(alice, MODEL, PRICE);
        _stake(alice, 1, 1 ether);
        vm.deal(caller, 1 ether);
        bytes memory refusal = abi.encodeWithSelector(ProviderBonds.NotTheProvider.selector, 1, caller);
        vm.startPrank(caller);
        vm.expectRevert(refusal);
        registry.updateProvider(1, price, ENDPOINT, active);
        vm.expectRevert(refusal);
        registry.stakeBond{value: 1}(1);
        vm.expectRevert(refusal);
        registry.requestBondWithdrawal(1, amount);
        vm.expectRevert(refusal);
        registry.withdrawBond(1);
        vm.expectRevert(abi.encodeWithSelector(ProviderBonds.NotArbiter.selector, caller));
        registry.slashBond(1, amount, caller);
    }

    /// @dev Prices come in any order, some listings go away or change: the order of those that are left is by price.
    function testFuzz_takingTheCheapestAwayAgainAndAgainGivesAllInOrder(uint96[24] memory prices, uint256 seed)
        external
    {
        uint256 count = prices.length;
        for (uint256 i; i < count; ++i) {
            _list(address(uint160(1000 + i)), MODEL, bound(prices[i], 1, 2 ** 95 - 1));
        }
        for (uint256 i; i < count; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            if (dice % 3 == 0) _update(address(uint160(1000 + i)), i + 1, 1 + dice % 1e27, dice % 2 == 0);
        }
        (uint256 id, uint256 price) = registry.getCheapestProvider(MODEL);
        uint256 left = registry.getModelListingCount(MODEL);
        for (; id != 0; --left) {
            (uint256 lastId, uint256 lastPrice) = (id, price);
            _update(address(uint160(1000 + id - 1)), id, price, false);
            (id, price) = registry.getCheapestProvider(MODEL);
            bool ordered = id == 0 || price > lastPrice || (price == lastPrice && id > lastId);
            assertTrue(ordered, "order");
        }
        assertEq(left, 0);
    }

    /// @dev Sixty random calls; then their events alone give what the views give.
    function testFuzz_eventsReplayToTheState(uint256 seed) external {
        address arbiter = makeAddr("arbiter");
        vm.prank(owner);
        registry.proposeArbiter(arbiter);
        skip(14 days);
        vm.prank(arbiter);
        registry.acceptArbiter();
        RegistryHandler handler = new RegistryHandler(registry, settlement, arbiter);

        vm.recordLogs();
        for (uint256 i; i < 60; ++i) {
            _act(handler, uint256(keccak256(abi.encode(seed, i))));
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(registry)) _replay(logs[i]);
        }

        (uint256 total,) = registry.getRegistryStats();
        assertEq(replayedTotal, total);
        for (uint256 id = 1; id <= total; ++id) {
            ComputeRegistry.Provider memory expected = registry.getProvider(id);
            expected.registeredAt = 0; // the block's, which a log of forge does not carry
            assertEq(abi.encode(replayed[id]), abi.encode(expected));
            assertEq(abi.encode(replayedBonds[id]), abi.encode(registry.getBondDetails(id)));
        }
        for (uint256 w; w < handler.walletCount(); ++w) {
            assertEq(replayedClaims[handler.wallets(w)], registry.claims(handler.wallets(w)));
        }
    }

    function _act(RegistryHandler handler, uint256 dice) private {
        (uint256 which, uint256 a, uint256 b, uint256 c) = (dice % 10, dice >> 16, dice >> 96, dice >> 176);
        if (which <= 1) handler.register(a, b, c, uint8(dice >> 8));
        else if (which == 2) handler.update(a, b, c % 2 == 0, c % 3 == 0);
        else if (which == 3) handler.complete(a, b);
        else if (which <= 5) handler.stake(a, b);
        else if (which == 6) handler.request(a, b);
        else if (which == 7) handler.withdraw(a);
        else if (which == 8) handler.slash(a, b, c);
        else if (c % 2 == 0) handler.claim(a, b);
        else handler.refuse(a % 2 == 0);
    }

    function _replay(Vm.Log memory log) private {
        bytes32 what = log.topics[0];
        uint256 first = uint256(log.topics[1]); // an id, except for claims: the account
        if (what == ComputeRegistry.ProviderRegistered.selector) {
            (string memory model, uint256 price, string memory endpoint, uint8 serviceType) =
                abi.decode(log.data, (string, uint256, string, uint8));
            address wallet = address(uint160(uint256(log.topics[2])));
            replayed[first] =
                ComputeRegistry.Provider(wallet, model, uint96(price), endpoint, serviceType, true, 0, 0, 0);
            ++replayedTotal;
        } else if (what == ComputeRegistry.ProviderUpdated.selector) {
            (uint256 price, string memory endpoint, bool active) = abi.decode(log.data, (uint256, string, bool));
            replayed[first].pricePerSecond = uint96(price);
            replayed[first].endpoint = endpoint;
            replayed[first].active = active;
        } else if (what == ComputeRegistry.CompletionRecorded.selector) {
            replayed[first].requests += 1;
            replayed[first].earned += abi.decode(log.data, (uint256));
        } else {
            _replayCoin(what, first, log.data);
        }
    }

    function _replayCoin(bytes32 what, uint256 first, bytes memory data) private {
        ProviderBonds.Bond storage bond = replayedBonds[first];
        address account = address(uint160(first));
        if (what == ProviderBonds.BondStaked.selector) {
            bond.staked += uint128(abi.decode(data, (uint256)));
        } else if (what == ProviderBonds.BondWithdrawalRequested.selector) {
            (uint256 amount, uint256 availableAt) = abi.decode(data, (uint256, uint256));
            (bond.leaving, bond.availableAt) = (uint128(amount), uint64(availableAt));
        } else if (what == ProviderBonds.BondWithdrawn.selector) {
            bond.staked -= uint128(abi.decode(data, (uint256)));
            (bond.leaving, bond.availableAt) = (0, 0);
        } else if (what == ProviderBonds.BondSlashed.selector) {
            bond.staked -= uint128(abi.decode(data, (uint256)));
            if (bond.leaving > bond.staked) bond.leaving = bond.staked;
        } else if (what == ProviderBonds.ClaimRecorded.selector) {
            replayedClaims[account] += abi.decode(data, (uint256));
        } else if (what == ProviderBonds.ClaimWithdrawn.selector) {
            replayedClaims[account] -= abi.decode(data, (uint256));
        } else {
            revert("an event that is not replayed");
        }
    }
}
