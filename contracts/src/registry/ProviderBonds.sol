// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title What stands behind a listing: native coin that its provider locks and an arbiter can slash
/// @notice A bond can leave BOND_DELAY after it was asked for, and can be slashed until it has left. At first there is
///         no arbiter: nobody can slash. The owner proposes one, and it has power ARBITER_DELAY later at the earliest,
///         which is time enough for every provider to take its bond away.
/// @dev The balance of this contract is always the sum of `staked` and of `claims` (and what was forced on it by a
///      self-destruct, which belongs to nobody). Coin that a receiver refuses becomes its claim. The owner moves no
///      coin. Decisions: docs/decisions/0083.
abstract contract ProviderBonds is Ownable2Step {
    /// @param staked all that can be slashed, wei: the part that is being withdrawn is in it
    /// @param leaving the part whose withdrawal was requested, wei: it no longer counts as a bond, but a slash reaches it
    /// @param availableAt block time from which `leaving` can be withdrawn, seconds; 0: nothing was requested
    struct Bond {
        uint128 staked;
        uint128 leaving;
        uint64 availableAt;
    }

    /// @notice Seconds between asking for a bond and having it: a dispute about the last call still finds it.
    uint256 public constant BOND_DELAY = 7 days;
    /// @notice Seconds between naming an arbiter and its power. Longer than BOND_DELAY: who distrusts it can leave first.
    uint256 public constant ARBITER_DELAY = 14 days;
    /// @dev Enough for any wallet contract to take coin, too little to matter to the arbiter who pays for it.
    uint256 private constant PUSH_GAS = 100_000;

    /// @notice Who may slash; zero, as at first: nobody.
    address public arbiter;
    address public proposedArbiter;
    /// @notice Block time from which the proposed arbiter can accept, seconds.
    uint256 public arbiterAcceptableAt;

    /// @notice Coin that could not be pushed, by whom it belongs to, wei.
    mapping(address account => uint256) public claims;
    mapping(uint256 id => Bond) private _bonds;

    event BondStaked(uint256 indexed id, uint256 amount);
    event BondWithdrawalRequested(uint256 indexed id, uint256 amount, uint256 availableAt);
    event BondWithdrawn(uint256 indexed id, uint256 amount);
    event BondSlashed(uint256 indexed id, uint256 amount, address indexed beneficiary);
    event ClaimRecorded(address indexed account, uint256 amount);
    event ClaimWithdrawn(address indexed account, address indexed to, uint256 amount);
    event ArbiterProposed(address indexed proposed, uint256 acceptableAt);
    event ArbiterSet(address indexed arbiter);

    error NotTheProvider(uint256 id, address caller);
    error NotArbiter(address caller);
    error NotProposedArbiter(address caller);
    error ArbiterNotYet(uint256 acceptableAt);
    error AmountZero();
    error AmountTooBig(uint256 amount);
    error BondTooSmall(uint256 staked);
    error NothingRequested(uint256 id);
    error BondNotYet(uint256 availableAt);
    error BeneficiaryRefused(address beneficiary);
    error NothingToClaim(address account);
    error PushFailed(address to);

    modifier onlyProvider(uint256 id) {
        _checkProvider(id);
        _;
    }

    /// @notice Adds the coin sent to the provider's bond.
    function stakeBond(uint256 id) external payable onlyProvider(id) {
        if (msg.value == 0) revert AmountZero();
        if (msg.value > type(uint128).max) revert AmountTooBig(msg.value);
        // forge-lint: disable-next-line(unsafe-typecast) checked on the line above
        _bonds[id].staked += uint128(msg.value);
        emit BondStaked(id, msg.value);
    }

    /// @notice Asks for `amount` of the bond, wei, from BOND_DELAY from now on. It takes the place of an earlier
    ///         request, and 0 takes that back. What was asked for no longer counts as a bond, but can be slashed until
    ///         it is withdrawn.
    function requestBondWithdrawal(uint256 id, uint256 amount) external onlyProvider(id) {
        Bond storage bond = _bonds[id];
        if (amount > bond.staked) revert BondTooSmall(bond.staked);
        uint256 availableAt = amount == 0 ? 0 : block.timestamp + BOND_DELAY;
        // forge-lint: disable-next-line(unsafe-typecast) not more than `staked`
        bond.leaving = uint128(amount);
        // forge-lint: disable-next-line(unsafe-typecast) seconds
        bond.availableAt = uint64(availableAt);
        emit BondWithdrawalRequested(id, amount, availableAt);
    }

    /// @notice Pays what was asked for, less what was slashed meanwhile, to the provider; as a claim if it refuses coin.
    function withdrawBond(uint256 id) external onlyProvider(id) {
        Bond storage bond = _bonds[id];
        uint128 amount = bond.leaving;
        if (amount == 0) revert NothingRequested(id);
        if (block.timestamp < bond.availableAt) revert BondNotYet(bond.availableAt);
        bond.staked -= amount;
        bond.leaving = 0;
        bond.availableAt = 0;
        emit BondWithdrawn(id, amount);
        _push(msg.sender, amount);
    }

    /// @notice Takes `amount` of a bond, wei, for `beneficiary`; as a claim if it refuses coin. What is leaving shrinks
    ///         last: a request never puts coin out of reach.
    function slashBond(uint256 id, uint256 amount, address beneficiary) external {
        if (msg.sender != arbiter) revert NotArbiter(msg.sender);
        if (amount == 0) revert AmountZero();
        if (beneficiary == address(0) || beneficiary == address(this)) revert BeneficiaryRefused(beneficiary);
        Bond storage bond = _bonds[id];
        if (amount > bond.staked) revert BondTooSmall(bond.staked);
        // forge-lint: disable-next-line(unsafe-typecast) not more than `staked`
        uint128 left = bond.staked - uint128(amount);
        bond.staked = left;
        if (bond.leaving > left) bond.leaving = left;
        emit BondSlashed(id, amount, beneficiary);
        _push(beneficiary, amount);
    }

    /// @notice Pays the caller's claims to any address.
    function withdrawClaim(address to) external {
        uint256 amount = claims[msg.sender];
        if (amount == 0) revert NothingToClaim(msg.sender);
        if (to == address(0) || to == address(this)) revert BeneficiaryRefused(to);
        claims[msg.sender] = 0;
        emit ClaimWithdrawn(msg.sender, to, amount);
        if (!_send(to, amount, gasleft())) revert PushFailed(to);
    }

    /// @notice Proposes an arbiter. It has to accept, ARBITER_DELAY from now at the earliest; zero takes the proposal back.
    function proposeArbiter(address proposed) external onlyOwner {
        proposedArbiter = proposed;
        arbiterAcceptableAt = proposed == address(0) ? 0 : block.timestamp + ARBITER_DELAY;
        emit ArbiterProposed(proposed, arbiterAcceptableAt);
    }

    /// @notice The proposed arbiter takes the role.
    function acceptArbiter() external {
        if (msg.sender != proposedArbiter) revert NotProposedArbiter(msg.sender);
        if (block.timestamp < arbiterAcceptableAt) revert ArbiterNotYet(arbiterAcceptableAt);
        proposedArbiter = address(0);
        arbiterAcceptableAt = 0;
        _setArbiter(msg.sender);
    }

    /// @notice Takes the role away, at once: less power needs no notice. Nobody can slash until another one accepts.
    function removeArbiter() external onlyOwner {
        _setArbiter(address(0));
    }

    /// @return wei that stand behind a listing: what is staked less what is leaving
    function getBond(uint256 id) public view returns (uint256) {
        Bond storage bond = _bonds[id];
        return bond.staked - bond.leaving;
    }

    /// @notice The bond with its pending withdrawal; all zero for a listing without one.
    function getBondDetails(uint256 id) external view returns (Bond memory) {
        return _bonds[id];
    }

    /// @return who listed the provider
    /// @dev Reverts for an id that does not exist.
    function _walletOf(uint256 id) internal view virtual returns (address);

    function _setArbiter(address arbiter_) private {
        arbiter = arbiter_;
        emit ArbiterSet(arbiter_);
    }

    /// Sends coin, or writes it down for whom it belongs to: nobody's refusal stops a slash or a withdrawal.
    function _push(address to, uint256 amount) private {
        if (_send(to, amount, PUSH_GAS)) return;
        claims[to] += amount;
        emit ClaimRecorded(to, amount);
    }

    /// Never copies what the receiver returns: that would let it spend the caller's gas.
    function _send(address to, uint256 amount, uint256 gasMax) private returns (bool sent) {
        assembly ("memory-safe") {
            sent := call(gasMax, to, amount, 0, 0, 0, 0)
        }
    }

    function _checkProvider(uint256 id) private view {
        if (_walletOf(id) != msg.sender) revert NotTheProvider(id, msg.sender);
    }
}
