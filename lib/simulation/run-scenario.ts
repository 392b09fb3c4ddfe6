import "server-only";
import { createHash } from "node:crypto";
import type pg from "pg";
import type { Queryable } from "@/lib/db/pool";
import { DEFAULT_TIERS, TIER_NAMES } from "@/lib/domain/tier";
import { runInvariants, type Violation } from "@/lib/ledger/run-invariants";
import { authorizeRequests, type Decision } from "@/lib/streams/authorize-request";
import { closeStream, type Settlement } from "@/lib/streams/close-stream";
import { completeRequests } from "@/lib/streams/complete-request";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { listStreamEvents, type StreamEventView } from "@/lib/streams/list-stream-events";
import { newId } from "@/lib/streams/new-id";
import { openStream } from "@/lib/streams/open-stream";
import type { StreamView } from "@/lib/streams/stream-view";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import type { Scenario, ScenarioStream } from "./scenario";

export type SimulatedCall = { stream: string; atMs: bigint; requestType: string; decision: Decision };

export type SimulatedStream = ScenarioStream & {
  opened: StreamView;
  settlement: Settlement;
  events: StreamEventView[];
  topUps: number;
};

/** Everything that happened, in base units. `violations` is empty: the books were checked before they were thrown away. */
export type SimulationReport = {
  scenario: Scenario;
  calls: SimulatedCall[];
  streams: SimulatedStream[];
  earned: ReadonlyMap<string, { paid: bigint; served: number }>;
  volume: bigint;
  authorised: number;
  denied: number;
  violations: Violation[];
};

/** Enough for any scenario, and credited inside the simulation only. */
const WALLET = 9_999n * 10n ** 18n;

/**
 * Plays a scenario on the real money functions, in one transaction under an injected clock, and rolls it back: nothing of
 * it stays, and the database refuses to commit what a simulated clock has written.
 */
export async function runScenario(scenario: Scenario, client: pg.ClientBase): Promise<SimulationReport> {
  await client.query("begin");
  try {
    return await play(scenario, client);
  } finally {
    await client.query("rollback");
  }
}

async function play(scenario: Scenario, db: Queryable): Promise<SimulationReport> {
  await setClock(db, 0n);
  await listProviders(scenario, db);
  const opened = new Map<string, StreamView>();
  for (const stream of scenario.streams) {
    const actor = addressOf(stream.consumer);
    await creditWallet({ actor, amount: WALLET }, db);
    const { providerId, tier } = stream;
    opened.set(stream.name, await openStream({ actor, providerId, tier, autoTopUp: scenario.autoTopUp }, db));
  }

  const calls: SimulatedCall[] = [];
  for (const atMs of moments(scenario)) {
    await setClock(db, atMs);
    if (atMs % scenario.sweepMs === 0n) await sweepStreams({ limit: 100 }, db);
    for (const stream of scenario.streams.filter(({ requestsAtMs }) => requestsAtMs.includes(atMs)))
      calls.push({
        stream: stream.name,
        atMs,
        requestType: stream.requestType,
        decision: await call(stream, db),
      });
  }

  await setClock(db, scenario.lengthMs);
  const streams: SimulatedStream[] = [];
  for (const stream of scenario.streams) streams.push(await close(stream, viewOf(opened, stream.name), db));
  return {
    scenario,
    calls,
    streams,
    ...totals(calls, streams),
    violations: await runInvariants(db),
  };
}

async function setClock(db: Queryable, atMs: bigint): Promise<void> {
  await db.query("select set_config('superstream.now_ms', $1, true)", [atMs.toString()]);
}

/** The scenario's own providers, under ids that no market uses (a dot is not allowed in one), so that both may run on one database. */
async function listProviders(scenario: Scenario, db: Queryable): Promise<void> {
  for (const { id, name, capabilities } of scenario.providers) {
    await db.query(
      `insert into provider (id, owner, name, endpoint, capabilities, category, grace_ms)
       values ($1, $2, $3, 'https://simulated.invalid', $4, 'scientific_computing', $5)`,
      [id, addressOf(name), name, capabilities, scenario.graceMs.toString()],
    );
    for (const tier of TIER_NAMES.map((each) => DEFAULT_TIERS[each]))
      await db.query("insert into provider_tier values ($1, $2, $3, $4, $5, $6, false)", [
        id,
        tier.name,
        tier.rate.amount.toString(),
        tier.rate.periodMs.toString(),
        tier.maxRequestsPerHour,
        tier.priority,
      ]);
  }
}

/** Every sweep and every call, in order, each moment once. */
function moments({ lengthMs, sweepMs, streams }: Scenario): bigint[] {
  const at = new Set(streams.flatMap(({ requestsAtMs }) => requestsAtMs));
  for (let t = 0n; t < lengthMs; t += sweepMs) at.add(t);
  return [...at].sort((a, b) => (a < b ? -1 : 1));
}

async function call(stream: ScenarioStream, db: Queryable): Promise<Decision> {
  const requestId = newId("req");
  const [decision] = await authorizeRequests(
    [
      {
        requestId,
        providerId: stream.providerId,
        serviceId: null,
        requestType: stream.requestType,
        method: "POST",
        path: `/${stream.requestType.toLowerCase()}`,
        via: "proof",
        payer: addressOf(stream.consumer),
        idempotencyKey: null,
        requestHash: requestId,
        requestDigest: null,
        price: 0n,
      },
    ],
    db,
  );
  if (!decision) throw new Error("one call in, no decision out");
  if (decision.outcome === "authorised")
    await completeRequests(
      [{ requestId, outcome: "served", status: 200, responseDigest: null, receipt: null }],
      db,
    );
  return decision;
}

async function close(stream: ScenarioStream, opened: StreamView, db: Queryable): Promise<SimulatedStream> {
  const key = { actor: addressOf(stream.consumer), streamId: opened.id };
  const settlement = await closeStream(key, db);
  const events = (await listStreamEvents({ ...key, limit: 1_000 }, db)).items;
  const topUps = events.filter(({ kind }) => kind === "auto-topped-up").length;
  return { ...stream, opened, settlement, events, topUps };
}

function totals(calls: SimulatedCall[], streams: SimulatedStream[]) {
  const authorised = calls.filter(({ decision }) => decision.outcome === "authorised").length;
  const earned = new Map<string, { paid: bigint; served: number }>();
  for (const { providerId, settlement } of streams) {
    const sofar = earned.get(providerId) ?? { paid: 0n, served: 0 };
    earned.set(providerId, {
      paid: sofar.paid + settlement.totalPaid,
      served: sofar.served + Number(settlement.stream.served),
    });
  }
  const volume = streams.reduce((sum, { settlement }) => sum + settlement.totalPaid, 0n);
  return { authorised, denied: calls.length - authorised, earned, volume };
}

function viewOf(views: ReadonlyMap<string, StreamView>, name: string): StreamView {
  const view = views.get(name);
  if (!view) throw new Error(`no stream ${name}`);
  return view;
}

/** An address for a name, the same each time. Nobody holds its key. */
function addressOf(name: string): string {
  return `0x${createHash("sha256").update(`simulated ${name}`).digest("hex").slice(0, 40)}`;
}
