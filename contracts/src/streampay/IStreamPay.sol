// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What StreamPay says: its events, its refusals and the shapes of its answers
/// @notice Amounts are base units of the stream's asset (wei for the native coin, whose token address is 0).
///         Times are seconds of the chain's clock. The events alone are enough to rebuild every stream.
interface IStreamPay {
    /// @notice What a stream of an ERC-20 token is asked for with.
    /// @param token the ERC-20 token
    /// @param amount base units to lock, at least one for each second, at most 2^128 - 1
    /// @param recipient who is paid: not the sender, not 0, not this contract
    /// @param duration seconds, 1 to 365 days
    /// @param streamType 0 compute, 1 audit, 2 data, as in ComputeRegistry
    /// @param providerId of ComputeRegistry, or 0; this contract does not look it up; at most 2^64 - 1
    struct TokenStream {
        address token;
        uint256 amount;
        address recipient;
        uint256 duration;
        uint8 streamType;
        uint256 providerId;
    }

    /// @notice What an ERC-3009 authorisation says besides the money and the nonce.
    /// @param validAfter seconds: valid later than this
    /// @param validBefore seconds: valid earlier than this
    /// @param signature of the sender, or whatever the sender's code accepts (ERC-1271)
    struct Authorization {
        uint256 validAfter;
        uint256 validBefore;
        bytes signature;
    }

    /// @notice One stream as it is in the block that answers. A closed one keeps its parties, start, provider and type; its figures
    ///         are 0, and what it paid is in its events.
    /// @param deposit what was put in
    /// @param withdrawn what has left for the recipient and for callers of `batchUpdateStreams`
    /// @param accrued what the recipient has earned since the start, withdrawn or not
    /// @param endTime the first second at which `accrued` is the whole deposit
    /// @param rateAmount base units each `ratePeriod` seconds, an exact ratio
    /// @param open false once cancelled, or ended and paid out
    struct StreamInfo {
        address sender;
        address recipient;
        address token;
        uint256 deposit;
        uint256 withdrawn;
        uint256 accrued;
        uint256 startTime;
        uint256 endTime;
        uint256 rateAmount;
        uint256 ratePeriod;
        uint256 providerId;
        uint8 streamType;
        bool open;
    }

    /// @notice Figures over all streams.
    /// @param streams opened so far, which is also the last id
    /// @param active not closed yet
    /// @param updates payouts made by `batchUpdateStreams`, counted by stream
    /// @param volume base units of the native coin that streams have paid out (not what was deposited); stops at 2^96 - 1
    /// @param lastUpdate when `batchUpdateStreams` last paid something; 0 before
    struct Stats {
        uint256 streams;
        uint256 active;
        uint256 updates;
        uint256 volume;
        uint256 lastUpdate;
    }

    event StreamCreated(
        uint256 indexed streamId,
        address indexed sender,
        address indexed recipient,
        address token,
        uint256 deposit,
        uint256 duration,
        uint8 streamType,
        uint256 providerId,
        uint256 startTime
    );
    /// @notice `toRecipient + reward` left the stream; `caller` got the reward.
    event StreamUpdated(uint256 indexed streamId, address indexed caller, uint256 toRecipient, uint256 reward);
    event StreamWithdrawn(uint256 indexed streamId, address indexed to, uint256 amount);
    event StreamToppedUp(uint256 indexed streamId, uint256 amount, uint256 deposit, uint256 endTime);
    event StreamCancelled(uint256 indexed streamId, address indexed by, uint256 toRecipient, uint256 refund);
    /// @notice A payment did not arrive: `account` can fetch it with `claim`.
    event ClaimCreated(address indexed token, address indexed account, uint256 amount);
    event Claimed(address indexed token, address indexed account, address to, uint256 amount);
    event KeeperChanged(address indexed previous, address indexed current);

    error AmountZero();
    error AmountTooLarge(uint256 amount, uint256 most);
    /// @notice Less than one base unit for each second.
    error AmountBelowDuration(uint256 amount, uint256 duration);
    error DurationInvalid(uint256 duration, uint256 longest);
    error RecipientInvalid(address recipient);
    error SelfStream(address account);
    error StreamTypeUnknown(uint8 streamType);
    error ProviderIdTooLarge(uint256 providerId);
    error TokenInvalid(address token);
    /// @notice The token took a fee, or gave another amount than it was asked for.
    error DepositMismatch(address token, uint256 expected, uint256 received);
    /// @notice The coins sent are not what the call says.
    error ValueMismatch(uint256 expected, uint256 sent);
    error StreamNotFound(uint256 streamId);
    error StreamClosed(uint256 streamId);
    error StreamEnded(uint256 streamId, uint256 endTime);
    /// @notice The stream would run for more than 365 days from now.
    error EndTooFar(uint256 endTime, uint256 latest);
    error NotSender(uint256 streamId, address caller);
    error NotRecipient(uint256 streamId, address caller);
    error NotParty(uint256 streamId, address caller);
    error NothingToWithdraw(uint256 streamId);
    error NothingToClaim(address token, address account);
    error TooManyStreams(uint256 count, uint256 most);
    error TransferFailed(address token, address to, uint256 amount);
    /// @notice A payment failed that had less gas than it is entitled to: call again with more.
    error GasTooLow(uint256 entitled);
    error NotKeeperOrOwner(address caller);
}
