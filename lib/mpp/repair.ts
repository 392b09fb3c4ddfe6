import { requiredDeposit } from "@/lib/domain/deposit";
import { compareRates, flowRatePerSecond } from "@/lib/domain/rate";
import type { Extensions } from "@/lib/errors";
import type { Decision } from "@/lib/streams/authorize-request";
import type { Door, DoorTier } from "./door-types";
import type { Hints, HintsFor } from "./payment-server";
import type { StreamMethod } from "./stream-offers";
import { tiersByPrice } from "./stream-terms";

/** One way out of a refusal that a program can take: an answer to the challenge, a call of our API, or waiting. */
export type RepairStep =
  | { action: string; payload: Record<string, string> }
  | { action: string; method: "POST"; url: string; body: Record<string, string>; authentication: string }
  /** A transaction of the sender's own wallet; `page` makes it. */
  | { action: string; rail: string; page: string }
  | { action: "wait"; seconds: number };

export type Denied = Extract<Decision, { outcome: "denied" }>;
/** `rail`: whose stream the hints are about; absent: the ledger's, or none. */
export type Repair = { members: Extensions; hints: Hints; rail?: StreamMethod };

type Place = { origin: string; door: Door; tier: DoorTier };

const SIGN_IN = "Bearer token from POST /api/v1/auth/session";

/** Every price of a provider, cheapest first, so that a caller can choose without another request. */
export function tierMembers(door: Door): Extensions[] {
  return tiersByPrice(door).map((tier) => ({
    name: tier.name,
    flowRate: String(flowRatePerSecond(tier.rate)),
    rate: { amount: String(tier.rate.amount), periodSeconds: String(tier.rate.periodMs / 1000n) },
    suggestedDeposit: String(requiredDeposit(tier.rate, door.provider.depositMs)),
    maxRequestsPerHour: tier.maxRequestsPerHour,
    priority: tier.priority,
  }));
}

/**
 * How to get in for a caller of whom nothing is known. Proving comes first: the refusal that follows says whether to open, refill or
 * resume. To one whose token was lost, opening is not offered: it has a stream already, and would lock money twice.
 */
export function repairByProving(place: Place, sessionLost: boolean): Repair {
  const prove: RepairStep = { action: "prove", payload: { action: "prove" } };
  const hints: Hints = { next: "prove" };
  if (sessionLost) return { members: { repair: [prove] }, hints };
  const { members } = repairByOpening(place);
  return { members: { ...members, repair: [prove, ...openingSteps(place)] }, hints };
}

/** How to get in without a stream, or after `ended`, the one that serves no more. */
function repairByOpening(place: Place, ended?: string): Repair {
  const { origin, door, tier } = place;
  return {
    members: {
      openUrl: `${origin}/api/v1/streams`,
      requiredDeposit: String(requiredDeposit(tier.rate, door.provider.depositMs)),
      repair: openingSteps(place),
    },
    hints: { next: "open", ...(ended ? { streamId: ended } : {}) },
  };
}

function openingSteps({ origin, door, tier }: Place): RepairStep[] {
  const deposit = String(requiredDeposit(tier.rate, door.provider.depositMs));
  const body = { providerId: door.provider.id, tier: tier.name, deposit };
  return [
    { action: "open", payload: { action: "open", deposit } },
    call("open", `${origin}/api/v1/streams`, body),
  ];
}

/** The members that tell a caller what would change each denial. Anything the ledger says is kept. */
export function repairDenial({ code, extensions }: Denied, place: Place): Repair {
  const streamId = typeof extensions.streamId === "string" ? extensions.streamId : undefined;
  const streamUrl = streamId && `${place.origin}/api/v1/streams/${streamId}`;
  if (code === "stream/pending") return repairByPatience(extensions);
  const rail = chainRail(extensions.rail);
  if (rail && streamId) {
    const repair = repairOnChain(code, { rail, streamId, extensions, origin: place.origin });
    if (repair) return repair;
  }
  switch (code) {
    case "stream/not-found":
    case "stream/terminated":
    case "stream/price-needs-ledger":
      return repairByOpening(place, streamId);
    case "stream/deposit-exhausted":
      // After the grace a stream takes no more money: a new one has to be opened.
      return streamId && streamUrl && extensions.canTopUp !== false
        ? repairByTopUp(streamId, streamUrl, extensions)
        : repairByOpening(place, streamId);
    case "stream/paused": {
      const resumeUrl = `${streamUrl}/resume`;
      return {
        members: { resumeUrl, repair: [call("resume", resumeUrl, {})] },
        hints: { next: "resume", ...(streamId ? { streamId } : {}) },
      };
    }
    case "stream/flow-rate-insufficient": {
      const changeTierUrl = `${streamUrl}/tier`;
      return {
        members: {
          requiredFlowRate: String(flowRatePerSecond(place.tier.rate)),
          nextTier: place.tier.name,
          changeTierUrl,
          repair: [call("changeTier", changeTierUrl, { tier: place.tier.name })],
        },
        hints: { next: "changeTier", ...(streamId ? { streamId } : {}) },
      };
    }
    case "stream/rate-limited":
      return repairByWaiting(extensions, place);
    default:
      return { members: {}, hints: {} };
  }
}

function repairByTopUp(streamId: string, streamUrl: string, extensions: Extensions): Repair {
  const amount = typeof extensions.minimumTopUp === "string" ? extensions.minimumTopUp : "1";
  const topUpUrl = `${streamUrl}/top-up`;
  return {
    members: {
      minimumTopUp: amount,
      requiredTopUp: amount,
      topUpUrl,
      repair: [
        { action: "topUp", payload: { action: "topUp", streamId, amount } },
        call("topUp", topUpUrl, { amount }),
      ] satisfies RepairStep[],
    },
    hints: { next: "topUp", streamId, minimumTopUp: amount },
  };
}

/** The hints of one rail's stream are for its own challenge. Elsewhere a new stream would help, unless this one was paused on purpose. */
export function hintsFor({ hints, rail = "ledger" }: Repair): HintsFor {
  // "Open one, after the one that ended" says the same on every rail.
  if (hints.next === "open" || hints.next === "prove") return () => hints;
  const elsewhere: Hints = hints.next === "topUp" || hints.next === "changeTier" ? { next: "open" } : {};
  return (method) => (method === rail ? hints : elsewhere);
}

function chainRail(rail: unknown): "superfluid" | "streampay" | null {
  return rail === "superfluid" || rail === "streampay" ? rail : null;
}

/** Only the sender's wallet can change a stream on a chain: there is no call of our API for it. Null where opening another one helps. */
function repairOnChain(
  code: Denied["code"],
  {
    rail,
    streamId,
    extensions,
    origin,
  }: { rail: "superfluid" | "streampay"; streamId: string; extensions: Extensions; origin: string },
): Repair | null {
  const page = `${origin}/streams/${streamId}`;
  const step = (action: string): RepairStep[] => [{ action, rail, page }];
  if (code === "stream/deposit-exhausted") {
    const amount = typeof extensions.minimumTopUp === "string" ? extensions.minimumTopUp : "1";
    return {
      rail,
      members: { minimumTopUp: amount, requiredTopUp: amount, repair: step("topUp") },
      hints: { next: "topUp", streamId, minimumTopUp: amount },
    };
  }
  if (code === "stream/flow-rate-insufficient")
    return { rail, members: { repair: step("changeTier") }, hints: { next: "changeTier", streamId } };
  if (code === "stream/paused") return { rail, members: { repair: step("resume") }, hints: {} };
  return null;
}

function repairByPatience(extensions: Extensions): Repair {
  const seconds = Math.max(1, Number(extensions.retryAfterSeconds ?? 1));
  const members = { repair: [{ action: "wait", seconds }] satisfies RepairStep[] };
  const rail = chainRail(extensions.rail);
  return rail ? { rail, members, hints: { next: "wait" } } : { members, hints: {} };
}

/** A tier's limit: waiting helps, and so does the next faster tier. */
function repairByWaiting(extensions: Extensions, { door, tier }: Place): Repair {
  const current = door.tiers.find(({ name }) => name === extensions.streamTier) ?? tier;
  const next = tiersByPrice(door).find(
    (other) =>
      compareRates(other.rate, current.rate) > 0 && other.maxRequestsPerHour > current.maxRequestsPerHour,
  );
  const seconds = Math.max(1, Number(extensions.retryAfterSeconds ?? 1));
  return {
    members: {
      retryAfterSeconds: seconds,
      remaining: 0,
      nextTier: next?.name ?? null,
      tiers: tierMembers(door),
      repair: [{ action: "wait", seconds }] satisfies RepairStep[],
    },
    hints: {},
  };
}

function call(action: string, url: string, body: Record<string, string>): RepairStep {
  return { action, method: "POST", url, body, authentication: SIGN_IN };
}
