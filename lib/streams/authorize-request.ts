import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import type { Rate } from "@/lib/domain/rate";
import type { Priority } from "@/lib/domain/tier";
import type { Extensions, ProblemCode } from "@/lib/errors";
import { callLedger } from "@/lib/ledger/call-ledger";
import { metrics } from "@/lib/metrics/metrics";
import { authorizePlainRequests, isPlain, type PlainCall } from "./authorize-plain-requests";
import { isDataError } from "./is-data-error";
import { microBatch } from "./micro-batch";
import { newId } from "./new-id";
import { sweepStream } from "./sweep-streams";

/** One call to be authorised. Addresses are lower case, hashes hex, `price` base units beside the flow (0: none). */
export type AuthorizeCall = {
  requestId: string;
  providerId: string;
  serviceId: string | null;
  requestType: string;
  method: string;
  path: string;
  via: "proof" | "session" | "siwx" | "charge";
  /** sha256 of a `Stream-Session` token: decides the stream. */
  session?: { tokenHash: string };
  /** The proven sender, when there is no session: its best stream with the provider serves, or `streamId`. */
  payer?: string;
  streamId?: string;
  tier?: string;
  /** The proof's one use, claimed with the decision. */
  claim?: { kind: "challenge" | "siwx" | "charge"; id: string; expiresMs: bigint };
  /** Set when the payer's delegate signed the proof: what it showed, to be compared with what is known. */
  delegation?: ShownDelegation;
  /** A new session for the caller, at most `maxMs` and half the runway long. */
  issueSession?: { tokenHash: string; maxMs: bigint };
  idempotencyKey: string | null;
  requestHash: string;
  requestDigest: string | null;
  price: bigint;
};

/** What a delegate shows, checked against the payer's signature. `maxFlowRate`: base units of the ledger's dollar a second. */
export type ShownDelegation = {
  nonce: bigint;
  delegate: string;
  realm: string;
  maxFlowRate: bigint;
  notAfterMs: bigint;
  signature: string;
};

export type Authorised = {
  outcome: "authorised";
  requestId: string;
  streamId: string;
  payer: string;
  receiver: string;
  /** Of the stream that pays: 'ledger', 'superfluid' or 'streampay'. Amounts are base units of `asset` (its CAIP-19 name, or USDCx on the ledger). */
  rail: string;
  asset: string;
  tier: string;
  priority: Priority;
  rate: Rate;
  seq: bigint;
  atMs: bigint;
  accrued: bigint;
  funded: bigint;
  used: bigint;
  remaining: bigint;
  runwayMs: bigint;
  depletesMs: bigint;
  startedMs: bigint;
  limit: number;
  sessionExpiresMs: bigint | null;
};

export type DenialCode = ProblemCode | "stream/session-invalid" | "invalid-challenge";

export type Decision =
  | Authorised
  /** The same key and body were served before: give the stored answer, charge nothing. */
  | { outcome: "replay"; requestId: string; streamId: string; payer: string }
  | { outcome: "denied"; code: DenialCode; extensions: Extensions };

const units = z.string().transform(BigInt);
const ms = z.number().transform(BigInt);
const decisionRow = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("authorised"),
    requestId: z.string(),
    streamId: z.string(),
    payer: z.string(),
    receiver: z.string(),
    rail: z.string(),
    asset: z.string(),
    tier: z.string(),
    priority: z.enum(["normal", "high", "critical"]),
    rateAmount: units,
    ratePeriodMs: ms,
    seq: ms,
    atMs: ms,
    accrued: units,
    funded: units,
    used: units,
    remaining: units,
    runwayMs: ms,
    depletesMs: ms,
    startedAtMs: ms,
    limit: z.number(),
    sessionExpiresMs: ms.nullable(),
  }),
  z.object({ outcome: z.literal("replay"), requestId: z.string(), streamId: z.string(), payer: z.string() }),
  z.looseObject({ outcome: z.literal("denied"), code: z.string(), streamId: z.string().optional() }),
]);

/** Two batches in flight keep the database busy while one is on the wire; more would only make smaller batches. */
const batched = microBatch((calls: AuthorizeCall[]) => authorizeRequests(calls), {
  maxSize: 256,
  lanes: 2,
  onBatch: (size) => metrics().batches.of("authorize").observe(size),
  alone: isDataError,
});

/** Most calls are plain, and most of those pass: they are decided in sets. The rest go on to `batched`. */
const plain = microBatch((calls: PlainCall[]) => authorizePlainRequests(calls), {
  maxSize: 256,
  lanes: 2,
  onBatch: (size) => metrics().batches.of("authorize").observe(size),
  alone: isDataError,
});

/**
 * Decides one paid call: session or proof, funding at the database's clock, the tier's hourly limit; logs it; sets its
 * price aside. Calls that arrive together share one round trip. A stream with a standing order that ran dry before a sweep
 * came is topped up first, so that correctness never waits for a timer.
 */
export async function authorizeRequest(call: AuthorizeCall): Promise<Decision> {
  const decision = (isPlain(call) && (await plain(call))) || (await batched(call));
  if (!canBeToppedUp(decision)) return decision;
  const swept = await sweepStream(String(decision.extensions.streamId));
  // Null: another call or sweep is at it, or was. The second decision waits for what that one does.
  if (swept !== null && swept.to !== "active") return decision;
  // The proof is used up with the first decision; the second stands on it.
  const { claim: _used, ...again } = call;
  return batched({ ...again, requestId: newId("req") });
}

/** An exhausted stream in its grace, with a standing order. One that runs is short of this call's price, not of a sweep. */
function canBeToppedUp(decision: Decision): decision is Decision & { outcome: "denied" } {
  if (decision.outcome !== "denied") return false;
  const { autoTopUp, canTopUp, graceUntilMs } = decision.extensions;
  return autoTopUp === true && canTopUp === true && typeof graceUntilMs === "number";
}

/** One round trip for many calls: `authorize_requests`. */
export async function authorizeRequests(
  calls: readonly AuthorizeCall[],
  db: Queryable = pool(),
): Promise<Decision[]> {
  const rows = await callLedger("authorize_requests", calls.map(toRow), z.array(decisionRow), db);
  return rows.map(toDecision);
}

function toRow({ session, claim, issueSession, ...call }: AuthorizeCall) {
  return {
    ...call,
    sessionHash: session?.tokenHash,
    claimKind: claim?.kind,
    claimId: claim?.id,
    claimExpiresMs: claim?.expiresMs,
    issueHash: issueSession?.tokenHash,
    issueMaxMs: issueSession?.maxMs,
  };
}

function toDecision(row: z.infer<typeof decisionRow>): Decision {
  switch (row.outcome) {
    case "authorised": {
      const { rateAmount, ratePeriodMs, startedAtMs, ...decision } = row;
      return { ...decision, rate: { amount: rateAmount, periodMs: ratePeriodMs }, startedMs: startedAtMs };
    }
    case "replay":
      return row;
    case "denied": {
      const { outcome, code, ...extensions } = row;
      return { outcome, code: code as DenialCode, extensions };
    }
  }
}
