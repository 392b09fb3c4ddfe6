import type { Asset } from "@/lib/domain/asset";
import type { Rate } from "@/lib/domain/rate";
import type { StreamStatus } from "@/lib/domain/stream-state";

/** A way money moves. Callers hold a `Rail`, never a particular one; rails do not import each other. */
export type Rail = {
  readonly id: RailId;
  /** What opening a stream of this rate would ask of the sender. Moves nothing. */
  quote(terms: RailTerms): Promise<RailQuote>;
  /** The stream as the rail's own authority has it. @throws ProblemError `stream-not-found` */
  observe(streamId: string): Promise<RailObservation>;
  /** What the opener has to do so that money flows: nothing more than a request of ours, or something to sign. */
  opening(quote: RailQuote): OpeningStep;
  /** Ends the stream and moves the money where it belongs. Settling a settled stream changes nothing. */
  settle(input: { streamId: string; actor: string }): Promise<RailObservation>;
};

export type RailId = "ledger" | "streampay" | "superfluid";

export type RailTerms = { rate: Rate; depositMs: bigint };

/** `deposit` is rounded up; `gas` is null where no transaction is sent. All in base units of their asset. */
export type RailQuote = {
  rail: RailId;
  asset: Asset;
  rate: Rate;
  deposit: bigint;
  gas: { asset: Asset; amount: bigint } | null;
};

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

export type OpeningStep =
  /** The ledger's prefunded wallet: a request of the signed-in sender is all. */
  | { kind: "request" }
  /** A wallet signs transactions, in order. */
  | { kind: "transactions"; calls: readonly { to: string; data: string; value: bigint; says: string }[] };
