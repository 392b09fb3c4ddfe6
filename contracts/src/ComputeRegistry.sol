// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {PriceHeap} from "./registry/PriceHeap.sol";
import {ProviderBonds} from "./registry/ProviderBonds.sol";

/// @title Who serves which model, at what price, and what stands behind it
/// @notice A listing costs its gas and nothing else. What tells an earnest provider from a thousand copies is its bond
///         (ProviderBonds).
/// @dev Prices are base units of the payment token per second, so that a price is a Superfluid flow rate (int96).
///      Cost: `getCheapestProvider` reads two slots whatever the number of listings; listing, changing a price and
///      (de)activating cost O(log n) of the listings of that model (see PriceHeap); every list is read by pages.
///      Nobody but the provider changes a listing, nobody but settlement the counters, nobody but the arbiter a bond
///      of somebody else; the owner moves no money. The events replay to the state.
///      Decisions: docs/decisions/0083.
contract ComputeRegistry is ProviderBonds {
    using EnumerableSet for EnumerableSet.UintSet;
    using PriceHeap for PriceHeap.Heap;

    /// @param wallet who listed it, for ever; payments go to it
    /// @param model exact name, 1 to 64 bytes
    /// @param pricePerSecond base units per second, 1 to 2^95 - 1
    /// @param endpoint where it is served, 1 to 256 bytes; not checked on the chain, so never trusted unseen
    /// @param serviceType 0 compute, 1 audit, 2 data
    /// @param active whether it can be chosen
    /// @param requests completions that settlement recorded
    /// @param earned base units that settlement recorded
    /// @param registeredAt block time, seconds
    struct Provider {
        address wallet;
        string model;
        uint96 pricePerSecond;
        string endpoint;
        uint8 serviceType;
        bool active;
        uint64 requests;
        uint256 earned;
        uint64 registeredAt;
    }

    /// One slot each for what is written together; the strings last.
    struct Listing {
        address wallet;
        uint96 pricePerSecond;
        uint64 registeredAt;
        uint64 requests;
        uint8 serviceType;
        uint256 earned;
        string model;
        string endpoint;
    }

    uint256 public constant MODEL_BYTES_MAX = 64;
    uint256 public constant ENDPOINT_BYTES_MAX = 256;
    uint256 public constant PRICE_MAX = uint256(uint96(type(int96).max));
    uint8 public constant SERVICE_TYPE_MAX = 2;
    /// @notice Most rows that one call to a paged view returns.
    uint256 public constant PAGE_MAX = 200;

    /// @notice Who may record completions; zero: nobody.
    address public settlement;
    /// @dev The active listing of a wallet for a model, by `keccak256(abi.encode(wallet, keccak256(model)))`; 0: none.
    mapping(bytes32 key => uint256 id) private _activeFor;
    mapping(uint256 id => Listing) private _listings;
    mapping(address wallet => uint256[]) private _idsOf;
    mapping(bytes32 modelHash => PriceHeap.Heap) private _byPrice;
    EnumerableSet.UintSet private _active;
    uint256 private _total;

    event ProviderRegistered(
        uint256 indexed id,
        address indexed wallet,
        string model,
        uint256 pricePerSecond,
        string endpoint,
        uint8 serviceType
    );
    event ProviderUpdated(uint256 indexed id, uint256 pricePerSecond, string endpoint, bool active);
    event CompletionRecorded(uint256 indexed id, uint256 earned);
    event SettlementSet(address indexed settlement);

    error ModelEmpty();
    error ModelTooLong(uint256 length);
    error PriceOutOfRange(uint256 pricePerSecond);
    error EndpointEmpty();
    error EndpointTooLong(uint256 length);
    error ServiceTypeUnknown(uint8 serviceType);
    error AlreadyListed(uint256 id);
    error ProviderUnknown(uint256 id);
    error NotSettlement(address caller);

    /// @param owner names settlement and arbiter; can neither change a listing nor move a bond
    constructor(address owner) Ownable(owner) {}

    // ── listings ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Lists a provider for a model, active at once. A wallet has at most one active listing for a model.
    /// @return id consecutive, from 1
    function registerProvider(
        string calldata model,
        uint256 pricePerSecond,
        string calldata endpoint,
        uint8 serviceType
    ) external returns (uint256 id) {
        if (bytes(model).length == 0) revert ModelEmpty();
        if (bytes(model).length > MODEL_BYTES_MAX) revert ModelTooLong(bytes(model).length);
        if (serviceType > SERVICE_TYPE_MAX) revert ServiceTypeUnknown(serviceType);
        _checkOffer(pricePerSecond, endpoint);

        id = ++_total;
        Listing storage listing = _listings[id];
        listing.wallet = msg.sender;
        // forge-lint: disable-next-line(unsafe-typecast) _checkOffer keeps a price below 2^95
        listing.pricePerSecond = uint96(pricePerSecond);
        listing.registeredAt = uint64(block.timestamp);
        listing.serviceType = serviceType;
        listing.model = model;
        listing.endpoint = endpoint;
        _idsOf[msg.sender].push(id);
        _activate(id, listing);

        emit ProviderRegistered(id, msg.sender, model, pricePerSecond, endpoint, serviceType);
    }

    /// @notice Changes price and endpoint and turns a listing on or off, under the rules of registration.
    function updateProvider(uint256 id, uint256 pricePerSecond, string calldata endpoint, bool active)
        external
        onlyProvider(id)
    {
        _checkOffer(pricePerSecond, endpoint);

        Listing storage listing = _listings[id];
        bool wasActive = _active.contains(id);
        // forge-lint: disable-next-line(unsafe-typecast) _checkOffer keeps a price below 2^95
        uint96 price = uint96(pricePerSecond);
        bool priceChanged = listing.pricePerSecond != price;
        if (priceChanged) listing.pricePerSecond = price;
        listing.endpoint = endpoint;

        if (active && !wasActive) _activate(id, listing);
        else if (!active && wasActive) _deactivate(id, listing);
        else if (active && priceChanged) _byPrice[_modelHash(listing)].change(id, price);

        emit ProviderUpdated(id, pricePerSecond, endpoint, active);
    }

    /// @notice Counts one completed session and what it earned, base units. Also for a listing that is off: it was on
    ///         when the session began.
    function recordCompletion(uint256 id, uint256 earned) external {
        if (msg.sender != settlement) revert NotSettlement(msg.sender);
        Listing storage listing = _existing(id);
        listing.requests += 1;
        listing.earned += earned;
        emit CompletionRecorded(id, earned);
    }

    // ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Names who records completions, at once: the role moves no money. Zero: nobody.
    function setSettlement(address settlement_) external onlyOwner {
        settlement = settlement_;
        emit SettlementSet(settlement_);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @return id the active listing of exactly this model with the lowest price, of equals the earliest; 0: none
    /// @return pricePerSecond base units per second; 0: none
    function getCheapestProvider(string calldata model) external view returns (uint256 id, uint256 pricePerSecond) {
        return _byPrice[keccak256(bytes(model))].cheapest();
    }

    /// @notice The cheapest listing of a model that has at least `bondMin` wei behind it, among `limit` listings from
    ///         `offset` on. With 0 behind it a listing is free to make, so who wants to be safe from copies asks here
    ///         and takes the best of all pages (offsets 0, PAGE_MAX, … up to `getModelListingCount`).
    function getCheapestBondedProvider(string calldata model, uint256 bondMin, uint256 offset, uint256 limit)
        external
        view
        returns (uint256 id, uint256 pricePerSecond)
    {
        PriceHeap.Heap storage heap = _byPrice[keccak256(bytes(model))];
        uint256 end = _end(offset, limit, heap.length());
        for (uint256 place = offset; place < end; ++place) {
            (uint256 other, uint96 price) = heap.entryAt(place);
            if (getBond(other) < bondMin) continue;
            bool better = id == 0 || price < pricePerSecond || (price == pricePerSecond && other < id);
            if (better) (id, pricePerSecond) = (other, price);
        }
    }

    /// @return active listings of exactly this model
    function getModelListingCount(string calldata model) external view returns (uint256 active) {
        return _byPrice[keccak256(bytes(model))].length();
    }

    /// @notice Ids of active listings, in no order, `limit` (at most PAGE_MAX) from `offset` on. Turning listings on and
    ///         off between two pages moves others: read all pages at one block.
    function getActiveProviderIds(uint256 offset, uint256 limit) external view returns (uint256[] memory ids) {
        uint256 end = _end(offset, limit, _active.length());
        return offset < end ? _active.values(offset, end) : new uint256[](0);
    }

    /// @notice All nine fields of a listing.
    function getProvider(uint256 id) external view returns (Provider memory) {
        Listing storage listing = _existing(id);
        return Provider({
            wallet: listing.wallet,
            model: listing.model,
            pricePerSecond: listing.pricePerSecond,
            endpoint: listing.endpoint,
            serviceType: listing.serviceType,
            active: _active.contains(id),
            requests: listing.requests,
            earned: listing.earned,
            registeredAt: listing.registeredAt
        });
    }

    /// @notice Ids that a wallet listed, active or not, oldest first, `limit` (at most PAGE_MAX) from `offset` on.
    function getWalletProviders(address wallet, uint256 offset, uint256 limit)
        external
        view
        returns (uint256[] memory ids)
    {
        uint256[] storage all = _idsOf[wallet];
        uint256 end = _end(offset, limit, all.length);
        if (offset >= end) return ids;
        ids = new uint256[](end - offset);
        for (uint256 i = 0; i < ids.length; ++i) {
            ids[i] = all[offset + i];
        }
    }

    /// @return id the active listing of this wallet for exactly this model; 0: none
    function getActiveProviderOf(address wallet, string calldata model) external view returns (uint256 id) {
        return _activeFor[_key(wallet, keccak256(bytes(model)))];
    }

    /// @return total listings ever made, which is also the highest id
    /// @return active listings that can be chosen
    function getRegistryStats() external view returns (uint256 total, uint256 active) {
        return (_total, _active.length());
    }

    // ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _activate(uint256 id, Listing storage listing) private {
        bytes32 modelHash = _modelHash(listing);
        bytes32 key = _key(listing.wallet, modelHash);
        if (_activeFor[key] != 0) revert AlreadyListed(_activeFor[key]);
        _activeFor[key] = id;
        _active.add(id);
        _byPrice[modelHash].insert(id, listing.pricePerSecond);
    }

    function _deactivate(uint256 id, Listing storage listing) private {
        bytes32 modelHash = _modelHash(listing);
        delete _activeFor[_key(listing.wallet, modelHash)];
        _active.remove(id);
        _byPrice[modelHash].remove(id);
    }

    function _walletOf(uint256 id) internal view override returns (address) {
        return _existing(id).wallet;
    }

    function _existing(uint256 id) private view returns (Listing storage listing) {
        listing = _listings[id];
        if (listing.wallet == address(0)) revert ProviderUnknown(id);
    }

    function _checkOffer(uint256 pricePerSecond, string calldata endpoint) private pure {
        if (pricePerSecond == 0 || pricePerSecond > PRICE_MAX) revert PriceOutOfRange(pricePerSecond);
        if (bytes(endpoint).length == 0) revert EndpointEmpty();
        if (bytes(endpoint).length > ENDPOINT_BYTES_MAX) revert EndpointTooLong(bytes(endpoint).length);
    }

    function _modelHash(Listing storage listing) private view returns (bytes32) {
        return keccak256(bytes(listing.model));
    }

    /// End of a page, without overflow for any offset and limit.
    function _end(uint256 offset, uint256 limit, uint256 count) private pure returns (uint256) {
        if (limit > PAGE_MAX) limit = PAGE_MAX;
        return offset >= count ? offset : limit < count - offset ? offset + limit : count;
    }

    function _key(address wallet, bytes32 modelHash) private pure returns (bytes32) {
        return keccak256(abi.encode(wallet, modelHash));
    }
}
