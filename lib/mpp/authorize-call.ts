import "server-only";
import { randomBytes } from "node:crypto";
import type { Hash } from "viem";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { ProblemError } from "@/lib/errors";
import { toWire } from "@/lib/http/to-wire";
import type { AuthorizeCall, Decision } from "@/lib/streams/authorize-request";
import { type ChargeDesk, type Charged, showsCharge, takeCharge } from "./charge-call";
import type { DoorCall } from "./door-call";
import type { DoorChain } from "./door-chain";
import type { DoorLedger } from "./door-types";
import { findPending } from "./find-pending";
import type { StreamPayload } from "./ledger-method";
import type { createRefusals } from "./payment-required";
import type { PaymentServer, VerifiedCredential } from "./payment-server";
import type { Admitted } from "./settle-call";
import type { SignInWithX } from "./sign-in-with-x";

/** Longest life of a session token. The ledger cuts it to half of the runway. */
const SESSION_MAX_MS = 300_000n;

export type Via = AuthorizeCall["via"];
export type Replay = Extract<Decision, { outcome: "replay" }>;
type NewSession = { token: string; tokenHash: string };
export type Admission =
  | ({ kind: "authorised" } & Admitted)
  | { kind: "replay"; decision: Replay }
  /** Nothing is served: a refusal, or the answer to a `close`. `unpaid` ones count against the address. */
  | { kind: "answered"; response: Response; unpaid: boolean };

type Tools = {
  ledger: DoorLedger;
  payments: PaymentServer;
  siwx: SignInWithX;
  refusals: ReturnType<typeof createRefusals>;
  chain: DoorChain | null;
  desk: ChargeDesk | null;
};

/**
 * Finds out who pays for a call and has the ledger decide. A credential goes before a session token: a client that
 * renews sends both. The ledger checks, charges, uses up the credential and issues the session in one transaction.
 */
export async function authorizeCall(call: DoorCall, tools: Tools): Promise<Admission> {
  const { credentials } = call;
  if (tools.desk && showsCharge(call)) return byCharge(call, tools.desk, tools);
  if (credentials.payment) return byCredential(call, credentials.payment, tools);
  if (credentials.siwx) return bySignIn(call, credentials.siwx, tools);
  if (credentials.session) {
    const session = { tokenHash: call.hashSession(credentials.session) };
    const decision = await tools.ledger.authorizeRequest({
      ...ledgerCall(call),
      via: "session",
      session,
      // The token names the stream. Only a tier that was asked for can then be too fast for it.
      ...(credentials.tier ? { tier: call.tier.name } : {}),
    });
    return admit(call, decision, { via: "session", challengeId: null, session: null }, tools);
  }
  return { kind: "answered", response: await tools.refusals.unpaid(call, false), unpaid: true };
}

async function byCredential(call: DoorCall, header: string, tools: Tools): Promise<Admission> {
  const { chain } = tools;
  let credential: VerifiedCredential;
  try {
    credential = await tools.payments.verify(header, call.offers, call.binding.scope);
  } catch (error) {
    return { kind: "answered", response: await refuseCredential(call, error, tools), unpaid: true };
  }

  const { method, payer, payload, claim, delegation } = credential;
  let streamId: string | undefined;
  try {
    if (payload.action === "topUp" || payload.action === "close")
      await requireStreamHere(call, payer, payload.streamId, tools.ledger);
    if (payload.action === "close") return await close(payer, payload.streamId, claim.id, tools.ledger);
    streamId = await fund(call, payer, payload, claim.id, tools.ledger);
  } catch (error) {
    // Too late, or too little by now: nothing was moved, and the ledger's decision says what helps instead.
    if (payload.action === "topUp" && isOutrun(error)) return decide(payload.streamId);
    if (!(error instanceof ProblemError) || error.code !== "insufficient-balance") throw error;
    const extensions = error.options.extensions ?? {};
    const response = await tools.refusals.insufficientBalance(call, error.message, extensions);
    return { kind: "answered", response, unpaid: true };
  }

  return decide(streamId);

  async function decide(streamId: string | undefined): Promise<Admission> {
    const session = newSession(call);
    const decision = await tools.ledger.authorizeRequest({
      ...ledgerCall(call),
      via: "proof",
      payer,
      ...(streamId === undefined ? {} : { streamId }),
      tier: call.tier.name,
      claim,
      ...(delegation ? { delegation } : {}),
      issueSession: { tokenHash: session.tokenHash, maxMs: SESSION_MAX_MS },
    });
    const how = { via: "proof", challengeId: claim.id, session: session.token } as const;
    const waited = await awaitOpening(call, decision, { method, payer, payload, chain });
    return admit(call, await tellUnnamed(call, waited, { method, payer, chain }), how, tools);
  }
}

/** A single payment: it buys the stream that serves this call and the next ones. */
async function byCharge(call: DoorCall, desk: ChargeDesk, tools: Tools): Promise<Admission> {
  const { ledger, refusals } = tools;
  try {
    const outcome = await takeCharge(call, desk, ledger);
    if (outcome.kind === "answered") return { ...outcome, unpaid: true };
    if (outcome.kind === "charged") return await decideCharged(call, outcome.charged, tools);
    return { kind: "answered", response: await refusals.badCredential(call, outcome.error), unpaid: true };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== "insufficient-balance") throw error;
    const extensions = error.options.extensions ?? {};
    const response = await refusals.insufficientBalance(call, error.message, extensions);
    return { kind: "answered", response, unpaid: true };
  }
}

async function decideCharged(call: DoorCall, charged: Charged, tools: Tools): Promise<Admission> {
  const { payer, streamId, claim, challengeId, headers } = charged;
  const session = newSession(call);
  const decision = await tools.ledger.authorizeRequest({
    ...ledgerCall(call),
    ...{ via: "charge", payer, streamId, tier: call.tier.name, claim },
    issueSession: { tokenHash: session.tokenHash, maxMs: SESSION_MAX_MS },
  });
  return admit(call, decision, { via: "charge", challengeId, session: session.token, headers }, tools);
}

function refuseCredential(call: DoorCall, error: unknown, { refusals }: Tools): Promise<Response> {
  // Another signature would change the answer: that is a 402, with a fresh challenge.
  if (error instanceof ProblemError && error.code === "stream/delegation-invalid")
    return refusals.denied(call, {
      outcome: "denied",
      code: error.code,
      extensions: error.options.extensions ?? {},
    });
  return refusals.badCredential(call, error);
}

/** What a transaction that has just been sent may change soon. */
const CURABLE: readonly string[] = [
  "stream/not-found",
  "stream/terminated",
  "stream/deposit-exhausted",
  "stream/flow-rate-insufficient",
];

/** Turns "pay" into "wait" while the transaction that a payer names may be the one that pays. It opens nothing by itself. */
async function awaitOpening(
  call: DoorCall,
  decision: Decision,
  {
    method,
    payer,
    payload,
    chain,
  }: Pick<VerifiedCredential, "method" | "payer" | "payload"> & { chain: DoorChain | null },
): Promise<Decision> {
  if (decision.outcome !== "denied" || !CURABLE.includes(decision.code) || !chain) return decision;
  if (!("txHash" in payload) || payload.txHash === undefined) return decision;
  const offer = call.offers.find((each) => each.method === method);
  if (!offer || offer.method === "ledger") return decision;
  const contracts = [
    offer.request.methodDetails.agreement,
    ...(method === "superfluid" ? [chain.terms.host] : []),
  ];
  const pending = await findPending(chain.client, {
    txHash: payload.txHash as Hash,
    payer,
    confirmedTo: chain.confirmedTo,
    contracts: contracts.flatMap((address) => (address ? [address.toLowerCase()] : [])),
  });
  if (!pending) return decision;
  const extensions = {
    ...pending,
    payer,
    rail: method,
    confirmationsNeeded: chain.confirmations,
    retryAfterSeconds: 1,
  };
  return { outcome: "denied", code: "stream/pending", extensions };
}

/** Tells who has no stream here, but a flow to this provider that pays for none of its listings: another one would cost twice. */
async function tellUnnamed(
  call: DoorCall,
  decision: Decision,
  { method, payer, chain }: Pick<VerifiedCredential, "method" | "payer"> & { chain: DoorChain | null },
): Promise<Decision> {
  if (decision.outcome !== "denied" || decision.code !== "stream/not-found" || method !== "superfluid")
    return decision;
  const rate = await chain?.unnamedFlow?.({ sender: payer, receiver: call.door.provider.owner });
  if (rate == null) return decision;
  return { ...decision, extensions: { ...decision.extensions, unnamedFlowRate: String(rate) } };
}

/** A top-up that time has overtaken: the stream ended, or needs more than it did when the challenge was made. */
function isOutrun(error: unknown): boolean {
  return error instanceof ProblemError && (error.code === "stream-state" || error.code === "invalid-input");
}

async function bySignIn(call: DoorCall, header: string, tools: Tools): Promise<Admission> {
  const proof = await tools.siwx.verify(header, call.resource);
  if (!proof) return { kind: "answered", response: await tools.refusals.badSignIn(call), unpaid: true };

  const session = newSession(call);
  const decision = await tools.ledger.authorizeRequest({
    ...ledgerCall(call),
    via: "siwx",
    payer: proof.payer,
    tier: call.tier.name,
    claim: proof.claim,
    issueSession: { tokenHash: session.tokenHash, maxMs: SESSION_MAX_MS },
  });
  return admit(call, decision, { via: "siwx", challengeId: null, session: session.token }, tools);
}

/**
 * Moves the money that the payload signs for, once for its operation key (or challenge): the same credential sent
 * twice opens one stream. Returns the stream to be used, if the payload says which.
 */
async function fund(
  call: DoorCall,
  payer: string,
  payload: Exclude<StreamPayload, { action: "close" }>,
  challengeId: string,
  ledger: DoorLedger,
): Promise<string | undefined> {
  if (payload.action === "prove") return payload.streamId;
  const money = { actor: payer, idempotencyKey: `mpp:${payload.operationKey ?? challengeId}` };
  switch (payload.action) {
    case "open": {
      const stream = await ledger.openStream({
        ...money,
        providerId: call.door.provider.id,
        tier: call.tier.name,
        deposit: BigInt(payload.deposit),
        autoTopUp: readAutoTopUp(payload),
      });
      return stream.id;
    }
    case "topUp":
      await ledger.topUpStream({ ...money, streamId: payload.streamId, amount: BigInt(payload.amount) });
      return payload.streamId;
  }
}

/**
 * A payload may only name a stream between the signer and this provider: what was signed is for this door, and money
 * must not move elsewhere under it.
 *
 * @throws ProblemError `stream-not-found`, the same for every stream that is not
 */
async function requireStreamHere(
  call: DoorCall,
  actor: string,
  streamId: string,
  ledger: DoorLedger,
): Promise<void> {
  const { provider } = await ledger.getStream({ actor, streamId });
  if (provider.id !== call.door.provider.id) throw new ProblemError("stream-not-found", "Stream not found.");
}

async function close(
  actor: string,
  streamId: string,
  challengeId: string,
  ledger: DoorLedger,
): Promise<Admission> {
  const settlement = await ledger.closeStream({
    actor,
    idempotencyKey: `mpp:${challengeId}`,
    streamId,
  });
  const body = JSON.stringify(toWire(settlement));
  const headers = { "Content-Type": "application/json", "Cache-Control": "private, no-store" };
  return { kind: "answered", response: new Response(body, { headers }), unpaid: false };
}

async function admit(
  call: DoorCall,
  decision: Decision,
  how: Omit<Admitted, "decision">,
  tools: Tools,
): Promise<Admission> {
  if (decision.outcome === "authorised") return { kind: "authorised", decision, ...how };
  if (decision.outcome === "replay") return { kind: "replay", decision };
  const response = await tools.refusals.denied(call, decision);
  return { kind: "answered", response, unpaid: response.status === 402 };
}

/** What the ledger is told of every call, whoever pays. */
function ledgerCall(call: DoorCall): Omit<AuthorizeCall, "via"> {
  return {
    requestId: call.requestId,
    providerId: call.door.provider.id,
    serviceId: call.service.id,
    requestType: call.service.slug,
    method: call.method,
    path: call.target.pathname,
    idempotencyKey: call.credentials.idempotencyKey,
    requestHash: call.binding.requestHash,
    requestDigest: call.binding.requestDigest,
    price: call.service.pricePerCall,
  };
}

/** 256 bits; the ledger keeps only the hash, so a leaked table lets nobody in. */
function newSession({ hashSession }: DoorCall): NewSession {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: hashSession(token) };
}

function readAutoTopUp(payload: Extract<StreamPayload, { action: "open" }>): AutoTopUpRule | null {
  const rule = payload.autoTopUp;
  if (!rule) return null;
  return {
    triggerMs: BigInt(rule.triggerMs),
    chunkMs: BigInt(rule.chunkMs),
    dailyMax: BigInt(rule.dailyMax),
    expiresMs: rule.expiresMs === undefined ? null : BigInt(rule.expiresMs),
  };
}
