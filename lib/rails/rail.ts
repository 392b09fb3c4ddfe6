import type { Address, Hex } from "viem";
import type { Asset } from "@/lib/domain/asset";
import type { Rate } from "@/lib/domain/rate";
import type { StreamStatus } from "@/lib/domain/stream-state";
import type { SignedAllowance, ToSign } from "./allowance";
import type { ChainCall } from "./chain-call";
import type { permitTypedData } from "./erc20-calls";
import type { authorizationTypedData } from "./streampay/streampay-authorization";

/** A way money moves. Callers hold a `Rail`, never a particular one; rails do not import each other. */
export type Rail = {
  readonly id: RailId;
  /** What opening a stream would ask of its sender, and how the sender does it. Moves nothing. */
  quote(terms: RailTerms): Promise<RailQuote>;
  /** The stream as the rail's own authority has it. @throws ProblemError `stream-not-found` */
  observe(streamId: string): Promise<RailObservation>;
  /**
   * What a party signs for another change of its stream. No calls where the rail has no such change, and on the ledger, where a request is all.
   *
   * @throws ProblemError `stream-not-found`, also for somebody else's stream; `insufficient-balance` and `invalid-signature` of a top-up
   */
  change(input: { streamId: string; actor: string; change: RailChange }): Promise<ToSign>;
  /**
   * What a party signs to close many of its streams: one transaction, all or none, as long as one can carry them.
   *
   * @throws ProblemError `stream-not-found` when one of them is none of its streams on this rail
   */
  closeAll(input: { streamIds: readonly string[]; actor: string }): Promise<readonly ChainCall[]>;
  /**
   * Ends the stream and moves the money where it belongs. Settling a settled stream changes nothing.
   *
   * @throws ProblemError `stream-on-chain` on a chain: its party signs the `calls` among its members
   */
  settle(input: { streamId: string; actor: string }): Promise<RailObservation>;
};

export type RailId = "ledger" | "streampay" | "superfluid";

/** `rate`: in the ledger's dollar, as providers ask for it. */
export type RailTerms = {
  /** Who is paid, and which of its listings is bought. */
  receiver: Address;
  tag: bigint;
  rate: Rate;
  /** How long the money shall last, and how long the provider wants it to last at least on the ledger: ms, > 0. */
  durationMs: bigint;
  leastMs: bigint;
  /** Without one there is a price, and no balance and no call. */
  payer: Address | null;
  /** CAIP-19 name of the token to pay in; null: the rail's own choice. */
  asset: string | null;
  permit: PermitOf | null;
};

/** A permit that the payer signed as an earlier quote said: `value` in base units of the token that is taken. */
export type PermitOf = { value: bigint; deadline: bigint; signature: Hex };

/** All amounts in base units of what they are beside. */
export type RailQuote = {
  rail: RailId;
  /** Where it is opened; null on the ledger. */
  chain: { chainId: number; contract: Address } | null;
  asset: Asset & { id: string };
  /** What flows, in the asset. */
  rate: Rate;
  /** Locked to open, rounded up: on Superfluid the buffer that the chain asks for. */
  deposit: bigint;
  /** How long it runs on what the payer then has; null when as much comes in as goes out. */
  runwayMs: bigint | null;
  /** At today's price with a margin of 1.3; null where no transaction is sent. */
  gas: { asset: Asset; amount: bigint } | null;
  /** What the payer has: of the asset, of what it wraps, and of the coin that pays gas. Null without a payer. */
  balances: RailBalances | null;
  /** Of the asset, to be wrapped in the opening itself. */
  wrap: bigint;
  /** What the payer lacks of the token that it starts from; null when there is enough, or nobody asked. */
  missing: { asset: Asset; amount: bigint } | null;
  opening: OpeningStep;
};

export type RailBalances = { token: bigint; underlying: bigint | null; coin: bigint | null };

export type OpeningStep =
  /** The ledger's prefunded wallet: a request of the signed-in sender is all. */
  | { kind: "request" }
  | {
      kind: "transactions";
      /** Signed and sent by the payer, in order. */
      calls: readonly ChainCall[];
      /** Signed in place of the first of two calls: the other one then carries it. */
      permit: ReturnType<typeof permitTypedData> | null;
      /** Signed in place of all of them: somebody else then sends the opening and pays the gas. */
      authorization: { salt: Hex; typedData: ReturnType<typeof authorizationTypedData> } | null;
    };

/**
 * `amount`: base units of the stream's asset. `rate`: what the other tier asks for, in the ledger's dollar. `signed`: the allowance that an
 * earlier answer for the same amount asked for.
 */
export type RailChange =
  | { kind: "collect" | "pause" | "resume" | "auto-top-up" }
  | { kind: "top-up"; amount: bigint; signed?: SignedAllowance | undefined }
  | { kind: "rate"; rate: Rate };

/**
 * A stream at one moment. `asOf` says whose moment: the database's clock, or a block. Superfluid has no funding of its own,
 * so `funded` is what the sender can still stream and `fundedUntilMs` follows from its whole net flow.
 */
export type RailObservation = {
  rail: RailId;
  streamId: string;
  status: StreamStatus;
  rate: Rate;
  startedMs: bigint;
  fundedUntilMs: bigint | null;
  funded: bigint;
  accrued: bigint;
  paid: bigint;
  refunded: bigint;
  asOf: { kind: "database"; atMs: bigint } | { kind: "block"; number: bigint; hash: string; atMs: bigint };
};
