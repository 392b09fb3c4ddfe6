// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Deposits} from "./streampay/Deposits.sol";
import {Flow, Stream, StreamAccrual} from "./streampay/StreamAccrual.sol";
import {StreamViews} from "./streampay/StreamViews.sol";

/// @title StreamPay: money locked for a recipient and earned by the second
/// @notice A sender locks a deposit; the recipient earns it evenly over the duration and takes out what is earned; either
///         of them closes the stream, and the rest goes back to the sender. Native coin and ERC-20.
///         Every stream stands on its own money: nothing it pays can come from another.
///         The owner can pause new streams and top-ups, and name a keeper. Nobody can move a stream's money but its parties.
/// @dev Tokens that take a fee are refused. Tokens whose balances change by themselves are not supported.
contract StreamPay is StreamViews, Deposits, Ownable2Step, Pausable {
    using StreamAccrual for Stream;

    /// @notice The caller's share of what `batchUpdateStreams` moves, in hundredths of a per cent.
    uint256 public constant UPDATE_REWARD_BPS = 10;
    /// @notice The most streams in one call.
    uint256 public constant MAX_BATCH = 200;

    uint256 private constant BPS = 10_000;

    /// @dev What a batch has taken out of streams and has still to pay and count: a run of streams of one token.
    struct Batch {
        address token;
        address recipient;
        uint256 toRecipient;
        uint256 reward;
        uint256 moved;
        uint256 closed;
        uint256 updated;
        uint256 counted;
    }

    /// @notice An address that, besides the owner, may pause (and not unpause). It has no other power: anybody may call
    ///         `batchUpdateStreams` and gets the same reward.
    address public keeper;

    constructor(address initialOwner) Ownable(initialOwner) {}

    // ------------------------------------------------------------------------------------------------ opening

    /// @notice Opens a stream of the native coin, with what is sent as its deposit. It starts in this block.
    /// @param recipient who is paid: not the sender, not 0, not this contract
    /// @param duration seconds, 1 to 365 days
    /// @param streamType 0 compute, 1 audit, 2 data
    /// @param providerId of ComputeRegistry, or 0
    /// @return streamId the next id, from 1 on. Take it from the event or the receipt, never from a counter.
    /// Reverts with AmountZero, AmountTooLarge, AmountBelowDuration, DurationInvalid, RecipientInvalid, SelfStream,
    /// StreamTypeUnknown, ProviderIdTooLarge, EnforcedPause.
    function createStream(address recipient, uint256 duration, uint8 streamType, uint256 providerId)
        external
        payable
        nonReentrant
        whenNotPaused
        returns (uint256 streamId)
    {
        streamId = _open(msg.sender, TokenStream(NATIVE, msg.value, recipient, duration, streamType, providerId));
    }

    /// @notice Opens a stream of an ERC-20 token, taken from the caller's allowance.
    /// Reverts as `createStream`, and with TokenInvalid, DepositMismatch, SafeERC20FailedOperation or the token's own error.
    function createTokenStream(TokenStream calldata terms)
        external
        nonReentrant
        whenNotPaused
        returns (uint256 streamId)
    {
        streamId = _createFromAllowance(terms);
    }

    /// @notice Opens a stream of an ERC-20 token with a permit (ERC-2612) for exactly its amount.
    /// @dev A permit that somebody has sent before us is spent, but the allowance is there: so its failure alone is no failure.
    function createTokenStreamWithPermit(TokenStream calldata terms, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        whenNotPaused
        returns (uint256 streamId)
    {
        if (terms.token.code.length == 0) revert TokenInvalid(terms.token);
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(terms.token).permit(msg.sender, address(this), terms.amount, deadline, v, r, s) {} catch {}
        streamId = _createFromAllowance(terms);
    }

    /// @notice Opens a stream for `sender` by their ERC-3009 authorisation; anybody may send it. The nonce that they sign is
    ///         `createNonce(sender, terms, salt)`, so the one who sends it can change nothing.
    /// @param salt any number, so that the same terms can be signed again
    /// @param signed the rest of what the sender signed, and the signature
    function createTokenStreamWithAuthorization(
        address sender,
        TokenStream calldata terms,
        bytes32 salt,
        Authorization calldata signed
    ) external nonReentrant whenNotPaused returns (uint256 streamId) {
        streamId = _open(sender, terms);
        _takeAuthorized(sender, terms.token, terms.amount, createNonce(sender, terms, salt), signed);
    }

    // ------------------------------------------------------------------------------------------------ while it runs

    /// @notice Adds to the deposit. The rate stays exactly what it was; the stream runs for longer.
    ///         Only its sender may: money of strangers would come back to the sender as a refund, and would move an end that
    ///         the sender counts on.
    /// @param amount base units, > 0; for the native coin it must be what is sent
    /// Reverts with NotSender, StreamNotFound, StreamClosed, StreamEnded, EndTooFar, AmountZero, AmountTooLarge,
    /// ValueMismatch, DepositMismatch, EnforcedPause.
    function topUp(uint256 streamId, uint256 amount) external payable nonReentrant whenNotPaused {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        if (msg.sender != stream.origin.sender) revert NotSender(streamId, msg.sender);
        uint256 expected = flow.inToken ? 0 : amount;
        if (msg.value != expected) revert ValueMismatch(expected, msg.value);
        _extend(streamId, stream, flow, amount);
        if (flow.inToken) _takeAllowance(stream.token, amount);
    }

    /// @notice The same by the sender's ERC-3009 authorisation, whose nonce is `topUpNonce(streamId, amount, salt)`.
    ///         Reverts with TokenInvalid for a stream of the native coin, which has no authorisations.
    function topUpWithAuthorization(uint256 streamId, uint256 amount, bytes32 salt, Authorization calldata signed)
        external
        nonReentrant
        whenNotPaused
    {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        _extend(streamId, stream, flow, amount);
        _takeAuthorized(stream.origin.sender, stream.token, amount, topUpNonce(streamId, amount, salt), signed);
    }

    /// @notice Pays the recipient what is earned and not yet taken out. Only the recipient may; open while paused.
    /// @return amount base units paid
    /// Reverts with StreamNotFound, NotRecipient, NothingToWithdraw, TransferFailed.
    function withdrawFromStream(uint256 streamId) external nonReentrant returns (uint256 amount) {
        amount = _withdraw(streamId, msg.sender);
    }

    /// @notice The same, to another address of the recipient's choice.
    /// Reverts also with RecipientInvalid.
    function withdrawFromStreamTo(uint256 streamId, address to) external nonReentrant returns (uint256 amount) {
        amount = _withdraw(streamId, to);
    }

    /// @notice Pays out what streams have earned, to their recipients. The caller gets 10 bps of what it moves, rounded down,
    ///         out of the stream's own money. Anybody may call it, at any time, and open while paused.
    ///         Streams that are unknown, closed or have nothing new are passed over, so an id given twice is harmless.
    ///         Put streams of one recipient and one token next to each other: they are paid with one transfer.
    /// @param streamIds at most 200
    /// @return updated how many streams paid something
    /// Reverts with TooManyStreams, GasTooLow.
    function batchUpdateStreams(uint256[] calldata streamIds) external nonReentrant returns (uint256 updated) {
        if (streamIds.length > MAX_BATCH) revert TooManyStreams(streamIds.length, MAX_BATCH);
        Batch memory batch;
        for (uint256 i; i < streamIds.length; ++i) {
            _update(streamIds[i], batch);
        }
        _payRecipient(batch);
        _endRun(batch);
        return batch.updated;
    }

    // ------------------------------------------------------------------------------------------------ closing

    /// @notice Closes a stream: the recipient gets what is earned, the sender the rest, in this call. Either of them may, also
    ///         after its end and while paused. A payment that fails becomes a claim and does not stop the other.
    /// @return toRecipient base units for the recipient now
    /// @return refund base units for the sender
    /// Reverts with StreamNotFound, NotParty, StreamClosed, GasTooLow.
    function cancelStream(uint256 streamId) external nonReentrant returns (uint256 toRecipient, uint256 refund) {
        return _cancel(streamId);
    }

    /// @notice Closes many streams of the caller, or none.
    /// @param streamIds at most 200; the caller is a party of each
    /// Reverts as `cancelStream`, and with TooManyStreams.
    function cancelStreams(uint256[] calldata streamIds) external nonReentrant {
        if (streamIds.length > MAX_BATCH) revert TooManyStreams(streamIds.length, MAX_BATCH);
        for (uint256 i; i < streamIds.length; ++i) {
            _cancel(streamIds[i]);
        }
    }

    // ------------------------------------------------------------------------------------------------ administration

    /// @notice Names the keeper; 0 for none. Only the owner may.
    function setKeeper(address newKeeper) external onlyOwner {
        emit KeeperChanged(keeper, newKeeper);
        keeper = newKeeper;
    }

    /// @notice Stops new streams and top-ups. Withdraw, update, cancel and claim stay open.
    function pause() external {
        if (msg.sender != keeper && msg.sender != owner()) revert NotKeeperOrOwner(msg.sender);
        _pause();
    }

    /// @notice Allows new streams and top-ups again. Only the owner may.
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @notice The ERC-3009 nonce to sign for `createTokenStreamWithAuthorization`: it stands for every term.
    function createNonce(address sender, TokenStream calldata terms, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode("StreamPay.create", block.chainid, address(this), sender, terms, salt));
    }

    /// @notice The ERC-3009 nonce to sign for `topUpWithAuthorization`.
    function topUpNonce(uint256 streamId, uint256 amount, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode("StreamPay.topUp", block.chainid, address(this), streamId, amount, salt));
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _createFromAllowance(TokenStream calldata terms) private returns (uint256 streamId) {
        streamId = _open(msg.sender, terms);
        _takeAllowance(terms.token, terms.amount);
    }

    function _withdraw(uint256 streamId, address to) private returns (uint256 amount) {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        if (msg.sender != flow.recipient) revert NotRecipient(streamId, msg.sender);
        uint256 closed;
        (amount, closed) = _takeEarned(stream, flow);
        if (amount == 0) revert NothingToWithdraw(streamId);
        address token = stream.tokenOf(flow);
        _count(token, amount, closed, 0);
        emit StreamWithdrawn(streamId, to, amount);
        _payOrRevert(token, to, amount);
    }

    function _cancel(uint256 streamId) private returns (uint256 toRecipient, uint256 refund) {
        (Stream storage stream, Flow memory flow) = _get(streamId);
        (address sender, address recipient) = (stream.origin.sender, flow.recipient);
        if (msg.sender != sender && msg.sender != recipient) revert NotParty(streamId, msg.sender);
        (toRecipient, refund) = _close(streamId, stream, flow);
        address token = stream.tokenOf(flow);
        _count(token, toRecipient, 1, 0);
        emit StreamCancelled(streamId, msg.sender, toRecipient, refund);
        _push(token, recipient, toRecipient);
        _push(token, sender, refund);
    }

    function _update(uint256 streamId, Batch memory batch) private {
        Stream storage stream = _streams[streamId];
        Flow memory flow = stream.flow;
        (uint256 moved, uint256 closed) = _takeEarned(stream, flow);
        if (moved == 0) return;

        (address token, address recipient) = (stream.tokenOf(flow), flow.recipient);
        if (token != batch.token || recipient != batch.recipient) _payRecipient(batch);
        if (token != batch.token) _endRun(batch);
        uint256 reward = (moved * UPDATE_REWARD_BPS) / BPS;
        (batch.token, batch.recipient) = (token, recipient);
        batch.toRecipient += moved - reward;
        batch.reward += reward;
        batch.moved += moved;
        batch.closed += closed;
        ++batch.updated;
        emit StreamUpdated(streamId, msg.sender, moved - reward, reward);
    }

    function _payRecipient(Batch memory batch) private {
        uint256 amount = batch.toRecipient;
        batch.toRecipient = 0;
        _push(batch.token, batch.recipient, amount);
    }

    /// @dev Counts a run of streams of one token, and pays the caller for it.
    function _endRun(Batch memory batch) private {
        if (batch.moved == 0) return;
        _count(batch.token, batch.moved, batch.closed, batch.updated - batch.counted);
        uint256 reward = batch.reward;
        (batch.reward, batch.moved, batch.closed, batch.counted) = (0, 0, 0, batch.updated);
        _push(batch.token, msg.sender, reward);
    }
}
