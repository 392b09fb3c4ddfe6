import "server-only";
import { ProblemError } from "@/lib/errors";
import { type LightRequest, lightRequest, toResponse, type WholeAnswer } from "@/lib/http/light-message";
import { newId } from "@/lib/streams/new-id";
import { type Admission, authorizeCall, type Replay } from "./authorize-call";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import type { ChargeDesk } from "./charge-call";
import { createChargeServer } from "./charge-server";
import { preflight, withCors } from "./cors";
import type { Secrets } from "./derive-keys";
import { sha256Hex } from "./digest";
import type { DoorCall } from "./door-call";
import type { DoorChain } from "./door-chain";
import type { DoorCharges } from "./door-charges";
import { refusalResponse } from "./door-problem";
import type { Door, DoorLedger } from "./door-types";
import { findService } from "./find-service";
import { measureDoor } from "./measure-door";
import type { PayerSlots } from "./payer-slots";
import { createRefusals } from "./payment-required";
import { createPaymentServer } from "./payment-server";
import type { ProbeLimiter } from "./probe-limiter";
import type { ProviderQueue } from "./provider-queue";
import { readCredentials } from "./read-credentials";
import { bindRequest, readBody, readDoorTarget } from "./read-door-request";
import { receiptKey } from "./receipt-keys";
import { replayAnswer } from "./replay-answer";
import { serveCall } from "./serve-call";
import { createSignInWithX } from "./sign-in-with-x";
import { streamOffers } from "./stream-offers";
import { chooseTier } from "./stream-terms";
import { unverifiable } from "./unverifiable";
import { chargeSignatures } from "./verify-charge-signature";
import { streamSignatures } from "./verify-stream-signature";

export type DoorContext = { clientIp?: string };
export type PaidDoor = (request: LightRequest, context?: DoorContext) => Promise<Response | WholeAnswer>;

export type DoorTools = {
  /** The site's public origin: realm, resource URLs and problem types are made from it, never from a Host header. */
  origin: string;
  chainId: number;
  /** Where streams on a chain are opened and asked about; absent: the ledger alone. */
  chain?: DoorChain | null;
  /** Single payments beside streams; absent, or without a chain: none are taken. */
  charges?: DoorCharges | null;
  /** Newest first. Challenges and nonces of the others are still accepted. */
  secrets: Secrets;
  /** @throws ProblemError `provider-not-found` */
  getDoor: (providerId: string) => Promise<Door>;
  ledger: DoorLedger;
  callUpstream: (call: UpstreamCall) => Promise<UpstreamAnswer>;
  /** `host:port` of private upstreams that may be called. */
  upstreamAllow: readonly string[];
  queue: ProviderQueue;
  eventSlots: PayerSlots;
  probes: ProbeLimiter;
  report: (message: string, error: unknown) => void;
  patience?: { patienceMs: number; pollMs: number };
  /** How often an open stream of events says that it lives; a test hurries. */
  heartbeatMs?: number;
};

/**
 * The paid door: `/api/p/{provider}/{path}`. A plain function from request to answer, mounted by the custom server and,
 * through `fetchDoor`, by a Next route alike.
 *
 * Order of checks: route, headers, body size, then who pays, then the ledger, then the provider. Nothing that a
 * stranger sends has an effect beyond the count of unpaid requests of the address.
 */
export function createDoor(tools: DoorTools): PaidDoor {
  const { origin, chainId, chain = null, charges = null, secrets, ledger } = tools;
  const payments = createPaymentServer({
    realm: new URL(origin).host,
    secrets,
    verifySignature: streamSignatures(chain),
  });
  const siwx = createSignInWithX({ origin, chainId, secrets, chain });
  const desk = charges && chain && chargeDesk(tools, charges, chain);
  const refusals = createRefusals({ origin, payments, siwx, desk });
  const key = once(() => receiptKey(secrets[0]));

  async function answer(request: LightRequest, clientIp: string): Promise<Response | WholeAnswer> {
    const call = await readCall(request, tools);
    const { payment, siwx: signIn, x402, session } = call.credentials;
    // A signature or a challenge costs us more than it costs the caller; a token alone does not.
    if (payment || signIn || x402 || !session) await tools.probes.check(clientIp);
    const admission = await authorizeCall(call, { ledger, payments, siwx, refusals, chain, desk });
    if (admission.kind === "authorised") return serveCall(call, admission, { ...tools, key });
    if (admission.kind === "replay") return replay(admission.decision, ledger, origin);
    await countUnpaid(admission, clientIp, tools.probes);
    return admission.response;
  }

  return measureDoor(async (request, context = {}) => {
    if (request.method === "OPTIONS") return withCors(preflight());
    try {
      return withCors(await answer(request, context.clientIp ?? "unknown"));
    } catch (error) {
      // A client that left in the middle of its body breaks our reading of it: that is no trouble of ours.
      if (!(error instanceof ProblemError) && !request.hasLeft())
        tools.report("The paid door failed.", error);
      return withCors(refusalResponse(unverifiable(error) ?? error, origin));
    }
  });
}

function chargeDesk({ origin, secrets }: DoorTools, charges: DoorCharges, chain: DoorChain): ChargeDesk {
  const verifySignature = chargeSignatures(chain);
  const server = createChargeServer({ realm: new URL(origin).host, secrets, verifySignature });
  return { charges, server, verifySignature, origin };
}

/** The door for `Request` and `Response`: a route of Next, tests. */
export function fetchDoor(door: PaidDoor) {
  return async (request: Request, context?: DoorContext): Promise<Response> =>
    toResponse(await door(lightRequest(request), context));
}

async function readCall(
  request: LightRequest,
  { origin, chainId, chain = null, getDoor }: DoorTools,
): Promise<DoorCall> {
  const target = readDoorTarget(request.url);
  const door = await getDoor(target.providerId);
  const { method } = request;
  const { service, path } = findService(door, method, target.path);
  const credentials = readCredentials(request.headers);
  const tier = chooseTier(door, credentials.tier);
  const body = await readBody(request);
  return {
    requestId: newId("req"),
    method,
    target,
    headers: request.headers,
    body,
    resource: `${origin}${target.pathname}${target.search}`,
    binding: bindRequest(method, target, body),
    credentials,
    hashSession: sha256Hex,
    door,
    service,
    path,
    tier,
    // Only who has not paid yet is told them.
    get offers() {
      return streamOffers(door, service, tier, { chainId, chain: chain?.terms ?? null });
    },
  };
}

/** The stored answer of a call that was paid before, under the same idempotency key. It costs nothing. */
async function replay({ requestId }: Replay, ledger: DoorLedger, origin: string): Promise<Response> {
  const stored = await ledger.findAnswer(requestId);
  if (!stored)
    throw new ProblemError("idempotency-conflict", "That call was served; its answer is no longer kept.", {
      extensions: { requestId, receiptUrl: `${origin}/api/v1/receipts/${requestId}` },
    });
  return replayAnswer(stored);
}

async function countUnpaid(admission: Admission, clientIp: string, probes: ProbeLimiter): Promise<void> {
  if (admission.kind === "answered" && admission.unpaid) await probes.spend(clientIp);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
