import "server-only";
import { sign } from "node:crypto";
import { getAddress, type Hex } from "viem";
import { flowRatePerSecond } from "@/lib/domain/rate";
import type { Authorised } from "@/lib/streams/authorize-request";
import type { Via } from "./authorize-call";
import { canonicalJson, type Json } from "./canonical-json";
import type { ReceiptKey } from "./receipt-keys";

/** How much of the work behind an answer was checked. Ours is the second: digests bind request and answer, no more. */
type VerificationLevel = "none" | "hash-committed" | "re-executed" | "zk";

export type ReceiptFacts = {
  decision: Authorised;
  via: Via;
  challengeId: string | null;
  providerId: string;
  chainId: number;
  issuer: string;
  /** `METHOD /path?query` as the caller sent it. */
  resource: string;
  requestDigest: string;
  /** Null while the answer is still streaming. */
  responseDigest: string | null;
  price: bigint;
  /** What the amounts count. */
  asset: { symbol: string; decimals: number };
};

export type Receipt = { readonly [key: string]: Json };

/**
 * What a payer gets for one served call. Amounts are base units of `asset`, times are the ledger's. `reference` and
 * `requestId` name the row in the ledger; `streamed` and `spent` are totals of the stream at that instant.
 */
export function buildReceipt(facts: ReceiptFacts): Receipt {
  const { decision } = facts;
  return {
    // The four of the protocol …
    status: "success",
    method: decision.rail,
    timestamp: iso(decision.atMs),
    reference: decision.requestId,
    // … and ours.
    intent: "stream",
    issuer: facts.issuer,
    challengeId: facts.challengeId,
    requestId: decision.requestId,
    sequence: String(decision.seq),
    payer: `did:pkh:eip155:${facts.chainId}:${getAddress(decision.payer as Hex)}`,
    payee: `did:pkh:eip155:${facts.chainId}:${getAddress(decision.receiver as Hex)}`,
    plan: facts.providerId,
    tier: decision.tier,
    streamId: decision.streamId,
    asset: facts.asset.symbol,
    decimals: facts.asset.decimals,
    rate: { amount: String(decision.rate.amount), periodSeconds: String(decision.rate.periodMs / 1000n) },
    flowRate: String(flowRatePerSecond(decision.rate)),
    price: String(facts.price),
    streamed: String(decision.accrued),
    spent: String(decision.used),
    remaining: String(decision.remaining),
    startedAt: iso(decision.startedMs),
    asOf: { ledger: iso(decision.atMs) },
    paidThrough: iso(decision.depletesMs),
    sessionExpires: decision.sessionExpiresMs === null ? null : iso(decision.sessionExpiresMs),
    via: facts.via,
    resource: facts.resource,
    requestDigest: facts.requestDigest,
    responseDigest: facts.responseDigest,
    verificationLevel:
      facts.responseDigest === null ? "none" : ("hash-committed" satisfies VerificationLevel),
  };
}

/**
 * Adds `sig`: a detached JWS (RFC 7515 appendix F, EdDSA) over the JCS text of all the other members.
 * Check it with `verifyReceipt`, or with any JOSE library and `/.well-known/jwks.json`.
 */
export function signReceipt(receipt: Receipt, { kid, privateKey }: ReceiptKey): Receipt {
  const header = base64url(JSON.stringify({ alg: "EdDSA", kid, typ: "payment-receipt+jws" }));
  const signed = Buffer.from(`${header}.${base64url(canonicalJson(receipt))}`);
  // On this thread: 25 µs, where a library that signs through Web Crypto needs 60 and a hop to another thread.
  return { ...receipt, sig: `${header}..${sign(null, signed, privateKey).toString("base64url")}` };
}

/** The value of `Payment-Receipt`: base64url of the JSON. */
export function encodeReceipt(receipt: Readonly<Record<string, unknown>>): string {
  return base64url(JSON.stringify(receipt));
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function iso(ms: bigint): string {
  return new Date(Number(ms)).toISOString();
}
