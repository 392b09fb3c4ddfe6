/**
 * A ledger in memory for tests of the door: the decisions of `authorize_requests` on one process's objects. It keeps the
 * rules that the door relies on (single use, sessions, idempotency, deposits, hourly limit) and counts what was charged. The
 * real one is tested by `*.int.test.ts`.
 */
import { randomBytes } from "node:crypto";
import { amountOver, compareRates } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { AuthorizeCall, Decision } from "@/lib/streams/authorize-request";
import type { CallOutcome } from "@/lib/streams/complete-request";
import type { Door, DoorLedger, DoorTier } from "../door-types";

export type MemoryStream = {
  id: string;
  payer: string;
  providerId: string;
  receiver: string;
  tier: DoorTier;
  funded: bigint;
  used: bigint;
  startedMs: bigint;
  closed: boolean;
  paused: boolean;
  calls: bigint[];
};

type MemoryRequest = AuthorizeCall & { streamId: string; payer: string; state: "open" | "served" | "voided" };

export function memoryLedger(doors: readonly Door[], now: () => number = Date.now) {
  const streams = new Map<string, MemoryStream>();
  const wallets = new Map<string, bigint>();
  const operations = new Map<string, string>();
  const claims = new Set<string>();
  const sessions = new Map<string, { streamId: string; expiresMs: bigint }>();
  /** By payer: a test says that all of its calls are by a delegate, and whether that delegation has ended. */
  const delegated = new Map<string, { nonce: bigint; end: "revoked" | "expired" | null }>();
  const requests = new Map<string, MemoryRequest>();
  const outcomes = new Map<string, CallOutcome>();
  const denials: string[] = [];
  /** Calls that said they live, once each time. */
  const extended: string[] = [];
  /** Set to make the next completion answer "ended before" or throw. */
  const faults: { complete?: "late" | "down"; delegations?: "down" } = {};

  const accrued = (stream: MemoryStream) =>
    amountOver(stream.tier.rate, BigInt(now()) - stream.startedMs, "floor");

  function deny(code: string, extensions: Record<string, unknown> = {}): Decision {
    denials.push(code);
    return { outcome: "denied", code, extensions } as Decision;
  }

  async function authorizeRequest(call: AuthorizeCall): Promise<Decision> {
    if (call.claim) {
      const claim = `${call.claim.kind}:${call.claim.id}`;
      if (claims.has(claim)) return deny("invalid-challenge");
      claims.add(claim);
    }
    const session = call.session && sessions.get(call.session.tokenHash);
    if (call.session && (!session || session.expiresMs <= BigInt(now())))
      return deny("stream/session-invalid");
    const stream = session ? streams.get(session.streamId) : findStream(call);
    if (stream?.providerId !== call.providerId || (call.payer && stream.payer !== call.payer))
      return deny(call.session ? "stream/session-invalid" : "stream/not-found", { payer: call.payer });
    if (call.session && (stream.closed || stream.paused)) return deny("stream/session-invalid");

    const earlier = [...requests.values()].find(
      (request) =>
        call.idempotencyKey !== null &&
        request.payer === stream.payer &&
        request.idempotencyKey === call.idempotencyKey &&
        request.state !== "voided",
    );
    if (earlier && earlier.requestHash !== call.requestHash) return deny("idempotency-conflict");
    if (earlier?.state === "open") return deny("request-in-progress", { retryAfterSeconds: 1 });
    if (earlier)
      return { outcome: "replay", requestId: earlier.requestId, streamId: stream.id, payer: stream.payer };
    return decide(call, stream);
  }

  function decide(call: AuthorizeCall, stream: MemoryStream): Decision {
    const atMs = BigInt(now());
    const member = { streamId: stream.id, streamTier: stream.tier.name };
    if (stream.closed) return deny("stream/terminated", member);
    if (stream.paused) return deny("stream/paused", member);
    const remaining = stream.funded - stream.used - accrued(stream) - call.price;
    if (remaining < 0n)
      return deny("stream/deposit-exhausted", { ...member, minimumTopUp: String(-remaining + 1n) });
    const asked = doors
      .find(({ provider }) => provider.id === call.providerId)
      ?.tiers.find(({ name }) => name === call.tier);
    if (asked && compareRates(stream.tier.rate, asked.rate) < 0)
      return deny("stream/flow-rate-insufficient", member);
    const hour = stream.calls.filter((callMs) => callMs > atMs - 3_600_000n);
    if (hour.length >= stream.tier.maxRequestsPerHour) {
      const retryAfterSeconds = Math.ceil(Number((hour[0] ?? atMs) + 3_600_000n - atMs) / 1000);
      return deny("stream/rate-limited", { ...member, limit: hour.length, retryAfterSeconds });
    }

    stream.calls.push(atMs);
    stream.used += call.price;
    requests.set(call.requestId, { ...call, streamId: stream.id, payer: stream.payer, state: "open" });
    const runwayMs = (remaining * stream.tier.rate.periodMs) / stream.tier.rate.amount;
    let sessionExpiresMs: bigint | null = null;
    if (call.issueSession) {
      const half = runwayMs / 2n;
      sessionExpiresMs = atMs + (half < call.issueSession.maxMs ? half : call.issueSession.maxMs);
      sessions.set(call.issueSession.tokenHash, { streamId: stream.id, expiresMs: sessionExpiresMs });
    } else if (call.session) sessionExpiresMs = sessions.get(call.session.tokenHash)?.expiresMs ?? null;
    return {
      outcome: "authorised",
      requestId: call.requestId,
      streamId: stream.id,
      payer: stream.payer,
      receiver: stream.receiver,
      rail: "ledger",
      asset: "USDCx",
      tier: stream.tier.name,
      priority: stream.tier.priority,
      rate: stream.tier.rate,
      seq: BigInt(stream.calls.length),
      atMs,
      accrued: accrued(stream),
      funded: stream.funded,
      used: stream.used,
      remaining,
      runwayMs,
      depletesMs: atMs + runwayMs + 1n,
      startedMs: stream.startedMs,
      limit: stream.tier.maxRequestsPerHour,
      sessionExpiresMs,
    };
  }

  function findStream(call: AuthorizeCall): MemoryStream | undefined {
    if (call.streamId) return streams.get(call.streamId);
    return [...streams.values()]
      .filter(({ payer, providerId }) => payer === call.payer && providerId === call.providerId)
      .sort((left, right) => Number(left.closed) - Number(right.closed))[0];
  }

  async function completeRequest(outcome: CallOutcome): Promise<boolean> {
    if (faults.complete === "down") throw new Error("the database is away");
    const request = requests.get(outcome.requestId);
    if (request?.state !== "open" || faults.complete === "late") return false;
    request.state = outcome.outcome;
    outcomes.set(outcome.requestId, outcome);
    const stream = streams.get(request.streamId);
    if (stream && outcome.outcome === "voided") stream.used -= request.price;
    return true;
  }

  /** Runs once a key, as the ledger does. */
  function operate(actor: string, key: string, move: () => string): { id: string } {
    const id = operations.get(`${actor} ${key}`) ?? move();
    operations.set(`${actor} ${key}`, id);
    return { id };
  }

  function take(actor: string, amount: bigint): void {
    const balance = wallets.get(actor) ?? 0n;
    if (balance < amount)
      throw new ProblemError("insufficient-balance", "The wallet holds less than that.", {
        extensions: { balance: String(balance), required: String(amount) },
      });
    wallets.set(actor, balance - amount);
  }

  const ledger: DoorLedger = {
    authorizeRequest,
    completeRequest,
    async extendRequest(requestId) {
      extended.push(requestId);
      return requests.get(requestId)?.state === "open";
    },
    async sessionDelegation({ tokenHash, payer }) {
      return sessions.has(tokenHash) ? (delegated.get(payer)?.nonce ?? null) : null;
    },
    async delegationEnd({ payer, nonce }) {
      if (faults.delegations === "down") throw new Error("the database is away");
      const found = delegated.get(payer);
      return found?.nonce === nonce ? found.end : null;
    },
    async findAnswer(requestId) {
      const stored = outcomes.get(requestId);
      return stored?.answer ? { status: stored.status, receipt: stored.receipt, ...stored.answer } : null;
    },
    async getStream({ actor, streamId }) {
      const stream = streams.get(streamId);
      if (!stream || ![stream.payer, stream.receiver].includes(actor))
        throw new ProblemError("stream-not-found", "No such stream.");
      const left = stream.funded - stream.used - accrued(stream);
      const status = stream.closed
        ? "settled"
        : stream.paused
          ? "paused"
          : left < 0n
            ? "exhausted"
            : "active";
      const { amount, periodMs } = stream.tier.rate;
      const runwayMs = status === "active" ? (left * periodMs) / amount : 0n;
      return { provider: { id: stream.providerId }, status, runwayMs, minimumTopUp: 1n };
    },
    async openStream({ actor, idempotencyKey, providerId, tier, deposit }) {
      return operate(actor, idempotencyKey, () => {
        const door = doors.find(({ provider }) => provider.id === providerId);
        const priced = door?.tiers.find(({ name }) => name === tier);
        if (!door || !priced) throw new ProblemError("unknown-tier", "No such tier.");
        take(actor, deposit);
        return open(actor, door, priced, deposit).id;
      });
    },
    async topUpStream({ actor, idempotencyKey, streamId, amount }) {
      const stream = streams.get(streamId);
      if (stream?.payer !== actor) throw new ProblemError("stream-not-found", "No such stream.");
      return operate(actor, idempotencyKey, () => {
        take(actor, amount);
        stream.funded += amount;
        return streamId;
      });
    },
    async closeStream({ actor, streamId }) {
      const stream = streams.get(streamId);
      if (stream?.payer !== actor) throw new ProblemError("stream-not-found", "No such stream.");
      stream.closed = true;
      const totalPaid = accrued(stream) + stream.used;
      return { status: "settled", streamId, totalPaid, refund: stream.funded - totalPaid };
    },
  };

  function open(payer: string, door: Door, tier: DoorTier, funded: bigint): MemoryStream {
    const stream: MemoryStream = {
      id: `str_${randomBytes(16).toString("hex")}`,
      payer: payer.toLowerCase(),
      providerId: door.provider.id,
      receiver: door.provider.owner,
      tier,
      funded,
      used: 0n,
      startedMs: BigInt(now()),
      closed: false,
      paused: false,
      calls: [],
    };
    streams.set(stream.id, stream);
    return stream;
  }

  return {
    ledger,
    streams,
    wallets,
    requests,
    outcomes,
    sessions,
    delegated,
    denials,
    extended,
    faults,
    open,
  };
}
