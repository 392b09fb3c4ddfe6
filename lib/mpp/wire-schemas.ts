/** What the payment methods of the door have in common on the wire. Shared with `agents/client`: no secret, no server code. */
import { z } from "mppx";

export const uint = z
  .string()
  .check(z.regex(/^(0|[1-9]\d{0,77})$/, "Expected a decimal string of base units"));
export const positiveUint = z
  .string()
  .check(z.regex(/^[1-9]\d{0,77}$/, "Expected a positive decimal string"));
export const planName = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "Expected a name"));
export const streamId = z.string().check(z.regex(/^str_[A-Za-z0-9_-]{1,64}$/, "Expected a stream id"));
/** Makes two challenges of one millisecond differ, so each can be used once. */
export const nonce = z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/));

/**
 * 64 bytes (EIP-2098) or 65 bytes (r, s, v) of a key, or up to 3 kB that a smart account judges (ERC-1271, ERC-6492). Anything longer
 * is refused before it is looked at.
 */
export const signature = z
  .string()
  .check(z.maxLength(6_146), z.regex(/^0x(?:[0-9a-fA-F]{2})+$/, "Expected a signature in hexadecimal"));

/** The exact price, of which a request's `amount` is the floor per second. */
export const exactRate = z.strictObject({ amount: positiveUint, periodSeconds: positiveUint });

/**
 * What a payer has signed once (`StreamDelegation`), so that the key of an agent may prove its streams. It goes with every proof by that key: a smart
 * account's word is asked for each time, because its owners change.
 */
export const delegation = z.strictObject({
  /** Fastest stream that the agent may use: base units of the ledger's dollar (18 decimals) per second. */
  maxFlowRate: uint,
  /** Unix seconds. */
  notAfter: z.string().check(z.regex(/^[1-9]\d{0,11}$/, "Expected Unix seconds")),
  /** The payer's own number for it, at most 19 digits: used once, revoked by it. */
  nonce: z.string().check(z.regex(/^(0|[1-9]\d{0,18})$/, "Expected at most 19 decimal digits")),
  /** By the payer. */
  signature,
});

/** Members of what a payer signs. */
export const proof = {
  type: z.literal("proof"),
  payer: z.address(),
  signature,
};
/** Of a proof whose `signature` is by the key of a `delegate`. */
export const delegated = { delegate: z.optional(z.address()), delegation: z.optional(delegation) };

export type Delegation = z.output<typeof delegation>;
