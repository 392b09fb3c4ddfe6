// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {ComputeRegistry} from "../../src/ComputeRegistry.sol";
import {Refuser} from "./CoinReceivers.sol";

/// @dev Four wallets, one of which refuses coin now and then, that do at random whatever is allowed; never a call that
///      must revert. It keeps what the registry does not: how much came and went.
contract RegistryHandler is Test {
    ComputeRegistry public immutable REGISTRY;
    address public immutable SETTLEMENT;
    address public immutable ARBITER;
    Refuser private immutable REFUSER;

    address[] public wallets;
    string[] public models;
    uint256 public staked;
    uint256 public withdrawn;
    uint256 public slashed;
    uint256 public earned;

    constructor(ComputeRegistry registry, address settlement, address arbiter) {
        REGISTRY = registry;
        SETTLEMENT = settlement;
        ARBITER = arbiter;
        REFUSER = new Refuser();
        wallets = [makeAddr("w0"), makeAddr("w1"), makeAddr("w2"), address(REFUSER)];
        models = ["llama", "llama-3", "mixtral"];
        for (uint256 i; i < wallets.length; ++i) {
            vm.deal(wallets[i], 1e9 ether);
        }
    }

    function register(uint256 walletSeed, uint256 modelSeed, uint256 price, uint8 serviceType) external {
        address wallet = _wallet(walletSeed);
        string memory model = models[modelSeed % models.length];
        if (REGISTRY.getActiveProviderOf(wallet, model) != 0) return;
        vm.prank(wallet);
        // Few prices, so that equals occur.
        REGISTRY.registerProvider(model, bound(price, 1, 20), "https://a.example", serviceType % 3);
    }

    function update(uint256 idSeed, uint256 price, bool active, bool longEndpoint) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        ComputeRegistry.Provider memory provider = REGISTRY.getProvider(id);
        uint256 holder = REGISTRY.getActiveProviderOf(provider.wallet, provider.model);
        if (active && holder != 0 && holder != id) return;
        vm.prank(provider.wallet);
        REGISTRY.updateProvider(
            id,
            bound(price, 1, 20),
            longEndpoint ? "https://an-endpoint-that-needs-more-than-one-slot.example/v1" : "https://b.example",
            active
        );
    }

    function complete(uint256 idSeed, uint256 amount) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        amount = bound(amount, 0, 1e30);
        vm.prank(SETTLEMENT);
        REGISTRY.recordCompletion(id, amount);
        earned += amount;
    }

    function stake(uint256 idSeed, uint256 amount) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        amount = bound(amount, 1, 100 ether);
        vm.prank(_walletOf(id));
        REGISTRY.stakeBond{value: amount}(id);
        staked += amount;
    }

    function request(uint256 idSeed, uint256 amount) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        amount = bound(amount, 0, REGISTRY.getBondDetails(id).staked);
        vm.prank(_walletOf(id));
        REGISTRY.requestBondWithdrawal(id, amount);
    }

    function withdraw(uint256 idSeed) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        ComputeRegistry.Bond memory bond = REGISTRY.getBondDetails(id);
        if (bond.leaving == 0) return;
        if (block.timestamp < bond.availableAt) vm.warp(bond.availableAt);
        vm.prank(_walletOf(id));
        REGISTRY.withdrawBond(id);
        withdrawn += bond.leaving;
    }

    function slash(uint256 idSeed, uint256 amount, uint256 beneficiarySeed) external {
        uint256 id = _id(idSeed);
        if (id == 0) return;
        uint256 most = REGISTRY.getBondDetails(id).staked;
        if (most == 0) return;
        amount = bound(amount, 1, most);
        vm.prank(ARBITER);
        REGISTRY.slashBond(id, amount, _wallet(beneficiarySeed));
        slashed += amount;
    }

    function claim(uint256 walletSeed, uint256 toSeed) external {
        address wallet = _wallet(walletSeed);
        address to = _wallet(toSeed);
        if (REGISTRY.claims(wallet) == 0 || (to == address(REFUSER) && !REFUSER.takes())) return;
        vm.prank(wallet);
        REGISTRY.withdrawClaim(to);
    }

    function refuse(bool takes) external {
        REFUSER.setTakes(takes);
    }

    function wait_(uint256 seconds_) external {
        skip(bound(seconds_, 0, 5 days));
    }

    function walletCount() external view returns (uint256) {
        return wallets.length;
    }

    function modelCount() external view returns (uint256) {
        return models.length;
    }

    function _wallet(uint256 seed) private view returns (address) {
        return wallets[seed % wallets.length];
    }

    /// 0 while there is no listing.
    function _id(uint256 seed) private view returns (uint256) {
        (uint256 total,) = REGISTRY.getRegistryStats();
        return total == 0 ? 0 : 1 + seed % total;
    }

    function _walletOf(uint256 id) private view returns (address) {
        return REGISTRY.getProvider(id).wallet;
    }
}
