import type { Address, Hex } from "viem";

/**
 * `pending`: written down; `signed`: has its number and its bytes; `submitted`: a node took it; `confirmed`: in a block that is deep
 * enough to act upon; `final`: so deep that nobody looks again; `failed`: it will not happen, and `error` says why.
 */
export type IntentState = "pending" | "signed" | "submitted" | "confirmed" | "final" | "failed";

/** `cancelled`: its time was over before a block took it; `reverted`: it is in a block, without its effect; `chain-reset`: the devnet is gone. */
export type IntentError = "refused" | "reverted" | "no-event" | "deadline" | "cancelled" | "chain-reset";

/** A log that the transaction must leave: status 1 alone proves nothing (some tokens answer `false` instead of reverting). */
export type ExpectedLog = {
  address: Address;
  /** Null: whatever it is. */
  topics: readonly (Hex | null)[];
  data: Hex;
};

/** A row of `chain_intent`, as far as the outbox works with it. */
export type Intent = {
  id: string;
  key: string;
  kind: string;
  to: Address;
  data: Hex;
  value: bigint;
  target: string;
  expected: ExpectedLog | null;
  maxTries: number;
  deadlineMs: bigint | null;
  state: IntentState;
  version: bigint;
  tries: number;
  nonce: number | null;
  gasLimit: bigint | null;
  signedMs: bigint | null;
  sentMs: bigint | null;
  txHash: Hex | null;
  /** When it was claimed, by the database's clock. */
  nowMs: bigint;
};

/** One signed transaction of an intent. Fees in wei per gas. */
export type Attempt = {
  seq: number;
  purpose: "effect" | "cancel";
  hash: Hex;
  raw: Hex;
  maxFee: bigint;
  tip: bigint;
  signedMs: bigint;
};
