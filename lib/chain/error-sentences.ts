/** What a sentence may name. `token` is the symbol of what streams, such as USDCx; `coin` what pays for gas. */
export type ErrorFacts = { token?: string; underlying?: string; coin?: string; chain?: string };

type Sentence = string | ((facts: Required<ErrorFacts>, args: readonly unknown[]) => string);

const enough: Sentence = ({ token }) => `You do not have enough ${token} for that.`;
const permit = "The signed permission is no longer valid. Sign it anew.";
const closed = "That stream is closed: nothing more can happen to it.";
const tooFast = "The rate is faster than the contract can hold.";

/**
 * A contract's custom error, by name, as a sentence to a person. Errors that only a bug of ours brings about are not here: they
 * are told by name. Sources: contracts/src, and Superfluid's interfaces (ISuperfluid, ISuperfluidToken, IConstantFlowAgreementV1).
 */
export const errorSentences: Readonly<Record<string, Sentence>> = {
  // Superfluid
  CFA_INSUFFICIENT_BALANCE: ({ token }) => `You do not have enough ${token} for the deposit.`,
  SF_TOKEN_MOVE_INSUFFICIENT_BALANCE: enough,
  SF_TOKEN_BURN_INSUFFICIENT_BALANCE: ({ token }) => `You do not have that much ${token} to unwrap.`,
  CFA_FLOW_ALREADY_EXISTS: ({ token }) =>
    `You stream ${token} to this provider already: change that stream's rate instead of opening another.`,
  CFA_FLOW_DOES_NOT_EXIST: "There is no such stream on the chain: it may have been closed already.",
  CFA_INVALID_FLOW_RATE: "The rate must be at least one base unit a second.",
  CFA_FWD_INVALID_FLOW_RATE: "The rate must be at least one base unit a second.",
  CFA_FLOW_RATE_TOO_BIG: tooFast,
  CFA_DEPOSIT_TOO_BIG: tooFast,
  CFA_NO_SELF_FLOW: "You cannot stream to yourself.",
  CFA_ZERO_ADDRESS_RECEIVER: "The stream has no receiver.",
  CFA_NON_CRITICAL_SENDER:
    "The sender can still pay, so nobody but sender and receiver may close this stream.",
  CFA_ACL_OPERATOR_NO_CREATE_PERMISSIONS: "The agent may not open streams for this account.",
  CFA_ACL_OPERATOR_NO_UPDATE_PERMISSIONS: "The agent may not change streams of this account.",
  CFA_ACL_OPERATOR_NO_DELETE_PERMISSIONS: "The agent may not close streams of this account.",
  CFA_ACL_FLOW_RATE_ALLOWANCE_EXCEEDED: "That rate is above what the agent may stream for this account.",
  CFA_ACL_NO_SENDER_FLOW_OPERATOR: "You cannot make yourself your own agent.",
  HOST_NEED_MORE_GAS: "There was too little gas. Try again with more.",
  SUPER_TOKEN_PERMIT_EXPIRED_SIGNATURE: permit,
  SUPER_TOKEN_PERMIT_INVALID_SIGNER: permit,
  SUPER_TOKEN_NO_UNDERLYING_TOKEN: ({ token }) =>
    `${token} wraps nothing, so it cannot be wrapped or unwrapped.`,

  // Tokens (ERC-6093, ERC-2612, ERC-3009)
  ERC20InsufficientBalance: ({ underlying }) => `You do not have enough ${underlying}.`,
  ERC20InsufficientAllowance: ({ underlying }) => `You have not allowed that much ${underlying} to be taken.`,
  SafeERC20FailedOperation: "The token refused the transfer.",
  ERC2612ExpiredSignature: permit,
  ERC2612InvalidSigner: permit,
  PermitExpired: permit,
  AuthorizationExpired: permit,
  AuthorizationNotYetValid: "The signed permission is not valid yet.",
  AuthorizationUsedOrCanceled: "The signed permission was used or withdrawn already.",
  InvalidSignature: "The signature is not that of the account.",

  // StreamPay
  AmountZero: "The amount must be more than zero.",
  AmountTooLarge: "The amount is larger than the contract can hold.",
  AmountTooBig: "The amount is larger than the contract can hold.",
  AmountBelowDuration:
    "The amount is less than one base unit for each second: send more, or for a shorter time.",
  DurationInvalid: "A stream runs for one second to 365 days.",
  EndTooFar: "The stream would run for more than 365 days from now.",
  RecipientInvalid: "That address cannot receive a stream.",
  SelfStream: "You cannot stream to yourself.",
  StreamTypeUnknown: "There is no such kind of stream.",
  ProviderIdTooLarge: "There is no such provider.",
  TokenInvalid: "That address is not a token that can be streamed.",
  DepositMismatch: "The token took a fee or gave another amount, so it cannot be streamed.",
  ValueMismatch: "The coins that were sent are not what the stream needs.",
  StreamNotFound: "There is no such stream on the chain.",
  StreamClosed: closed,
  StreamEnded: "That stream has run out: open a new one instead.",
  NotSender: "Only the sender of the stream may do that.",
  NotRecipient: "Only the receiver of the stream may do that.",
  NotParty: "Only the sender or the receiver of the stream may do that.",
  NothingToWithdraw: "Nothing has been earned since the last withdrawal.",
  NothingToClaim: "There is nothing to claim.",
  TooManyStreams: (_, [, most]) => `At most ${most} streams fit one transaction.`,
  TransferFailed: "The payment was refused by the address that it went to.",
  GasTooLow: "There was too little gas. Try again with more.",
  EnforcedPause: "New streams and top-ups are paused by the operator. Withdrawing and closing work.",

  // ComputeRegistry
  ModelEmpty: "A listing needs a model.",
  ModelTooLong: "The model's name is too long.",
  PriceOutOfRange: "The price must be at least one base unit a second, and fit the contract.",
  EndpointEmpty: "A listing needs an endpoint.",
  EndpointTooLong: "The endpoint's address is too long.",
  ServiceTypeUnknown: "There is no such kind of service.",
  AlreadyListed: "This wallet has an active listing for that model already.",
  ProviderUnknown: "There is no such provider in the registry.",
  NotTheProvider: "Only the provider may do that.",
  BondTooSmall: "The bond is smaller than that.",
  NothingRequested: "No withdrawal of the bond was asked for.",
  BondNotYet: "The bond's waiting time is not over yet.",
  PushFailed: "The payment was refused by the address that it went to.",

  // SessionOperator
  SessionUnknown: "There is no such session.",
  SessionEnded: "The session is over: it expired or was revoked.",
  TooManyFlows: "The session has as many streams as one session may have.",
  AgentMissing: "A session needs an agent.",
  BudgetMissing: "A session needs a budget.",
  BudgetTooSmall: "The session's budget does not cover that.",
  RateCapsRefused: "The session's rate caps do not fit each other.",
  RateTooHigh: "That rate is above what the session allows.",
  ExpiryRefused: "A session must end in the future.",
  EndRefused: "The stream must end in the future, and before its session.",
  ReceiverRefused: "That address cannot be allowed to receive.",
  ReceiverNotAllowed: "The session does not allow streams to that receiver.",
  FlowNotOfSession: "That stream does not belong to the session.",
  FlowNotRunning: "That stream of the session is not running.",
  NotTheAgent: "Only the session's agent may do that.",
  NotThePerson: "Only the person who opened the session may do that.",
  SignatureExpired: permit,
  SignatureRefused: "The signature is not that of the account.",
};
