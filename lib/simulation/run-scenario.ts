import "server-only";
import { createHash } from "node:crypto";
import type pg from "pg";
import type { Queryable } from "@/lib/db/pool";
import { effectiveTiers, TIER_NAMES } from "@/lib/domain/tier";
import { ProblemError } from "@/lib/errors";
import { runInvariants, type Violation } from "@/lib/ledger/run-invariants";
import type { Decision } from "@/lib/streams/authorize-request";
import { closeStream, type Settlement } from "@/lib/streams/close-stream";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { listStreamEvents, type StreamEventView } from "@/lib/streams/list-stream-events";
import { openStream } from "@/lib/streams/open-stream";
import type { StreamView } from "@/lib/streams/stream-view";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import { makeCalls } from "./make-calls";
import type { Scenario, ScenarioStream } from "./scenario";
import { readSegments, type SimulatedSegment } from "./simulated-segment";
import { beginSimulation } from "./simulation-schema";

export type SimulatedCall = { stream: string; atMs: bigint; requestType: string; decision: Decision };

export type SimulatedStream = ScenarioStream & {
  opened: StreamView;
  settlement: Settlement;
  events: StreamEventView[];
  segments: SimulatedSegment[];
  topUps: number;
};

/** Everything that happened, in base units. `violations` is empty: the books were checked before they were thrown away. */
export type SimulationReport = {
  scenario: Scenario;
  calls: SimulatedCall[];
  streams: SimulatedStream[];
  /** By provider id, in the scenario's order. */
  earned: ReadonlyMap<string, { paid: bigint; served: number }>;
  volume: bigint;
  authorised: number;
  denied: number;
  violations: Violation[];
};

/** Sweeps that find something to do. A rule that cannot act is tried again every 30 s, for as long as its stream lives. */
export const SWEEPS_MAX = 1_000;

/**
 * Plays a scenario on the real money functions, in one transaction of the simulator's schema under an injected clock, and
 * rolls it back: nothing of it stays, and the database refuses to commit what a simulated clock has written.
 *
 * @param checkpoint asked before each step of time; ends the run by throwing
 * @throws ProblemError `invalid-input` when a standing order keeps the sweep busier than SWEEPS_MAX allows
 */
export async function runScenario(
  scenario: Scenario,
  client: pg.ClientBase,
  checkpoint: () => void = () => {},
): Promise<SimulationReport> {
  try {
    await beginSimulation(client);
    return await play(scenario, client, checkpoint);
  } finally {
    await client.query("rollback");
  }
}

async function play(scenario: Scenario, db: Queryable, checkpoint: () => void): Promise<SimulationReport> {
  await db.query("select set_config('superstream.now_ms', '0', true)");
  await listProviders(scenario, db);
  const opened = new Map<string, StreamView>();
  for (const stream of scenario.streams) opened.set(stream.name, await open(scenario, stream, db));

  const calls: SimulatedCall[] = [];
  const clock = new Clock(scenario, db, checkpoint);
  for (const { atMs, closing, calling } of agendaOf(scenario)) {
    await clock.goTo(atMs);
    for (const stream of closing) await closeStream(keyOf(stream, opened), db);
    const decisions = await makeCalls(
      calling.map((stream) => ({ ...stream, payer: senderOf(stream) })),
      db,
    );
    for (const [index, { name, requestType }] of calling.entries())
      calls.push({ stream: name, atMs, requestType, decision: decisions[index] as Decision }); // One each.
  }

  await clock.goTo(scenario.lengthMs);
  const streams: SimulatedStream[] = [];
  for (const stream of scenario.streams) streams.push(await close(stream, viewOf(opened, stream.name), db));
  return {
    scenario,
    calls,
    streams,
    ...totals(calls, streams),
    violations: await checkBooks(db),
  };
}

/** The planner knows nothing of rows that are younger than its statistics, and takes them for a few: joins by hash. */
async function checkBooks(db: Queryable): Promise<Violation[]> {
  await db.query("set local enable_nestloop = off; set local enable_mergejoin = off");
  return runInvariants(db);
}

/** Moves the ledger's time, and lets the sweep pass on its way whenever something is due. */
class Clock {
  #nextSweepMs = 0n;
  #sweeps = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly db: Queryable,
    private readonly checkpoint: () => void,
  ) {}

  async goTo(untilMs: bigint): Promise<void> {
    const { sweepMs, lengthMs } = this.scenario;
    while (true) {
      this.checkpoint();
      const { atMs, due } = await this.#step(untilMs);
      if (due && atMs % sweepMs === 0n && atMs >= this.#nextSweepMs && atMs < lengthMs) {
        await this.#sweep();
        this.#nextSweepMs = atMs + sweepMs;
      }
      if (atMs === untilMs) return;
    }
  }

  /** To `untilMs`, or to the sweep before it that finds something. One round trip: sweeps with nothing to do are left out. */
  async #step(untilMs: bigint): Promise<{ atMs: bigint; due: boolean }> {
    const { rows } = await this.db.query<{ at_ms: string; due: boolean }>({
      text: `select set_config('superstream.now_ms', at_ms::text, true), at_ms, coalesce(due_ms <= at_ms, false) as due
        from (select min(due_ms) as due_ms from stream) first cross join lateral (select least($1::bigint,
          case when due_ms is not null then greatest((due_ms + $3 - 1) / $3 * $3, $2::bigint) end) as at_ms) next`,
      values: [untilMs, this.#nextSweepMs, this.scenario.sweepMs],
    });
    const [row] = rows;
    if (!row) throw new Error("The clock did not move.");
    return { atMs: BigInt(row.at_ms), due: row.due };
  }

  async #sweep(): Promise<void> {
    this.#sweeps += 1;
    if (this.#sweeps > SWEEPS_MAX)
      throw new ProblemError(
        "invalid-input",
        `More than ${SWEEPS_MAX} sweeps had something to do: take larger top-ups, rarer sweeps, a shorter grace or a shorter time.`,
      );
    await sweepStreams({ limit: 100 }, this.db);
  }
}

/** The scenario's own providers, each at its own prices. Each provider's owner is an address made from its name. */
async function listProviders({ providers, graceMs, depositMs }: Scenario, db: Queryable): Promise<void> {
  for (const { id, name, capabilities, tiers } of providers) {
    await db.query(
      `insert into provider (id, owner, name, endpoint, capabilities, category, deposit_ms, grace_ms)
       values ($1, $2, $3, 'https://simulated.invalid', $4, 'scientific_computing', $5, $6)`,
      [id, addressOf(`receiver ${name}`), name, capabilities, depositMs.toString(), graceMs.toString()],
    );
    const effective = effectiveTiers(tiers);
    for (const tier of TIER_NAMES.map((each) => effective[each]))
      await db.query("insert into provider_tier values ($1, $2, $3, $4, $5, $6, $7)", [
        id,
        tier.name,
        tier.rate.amount.toString(),
        tier.rate.periodMs.toString(),
        tier.maxRequestsPerHour,
        tier.priority,
        tier.overridden,
      ]);
  }
}

async function open(scenario: Scenario, stream: ScenarioStream, db: Queryable): Promise<StreamView> {
  const actor = senderOf(stream);
  await creditWallet({ actor, amount: scenario.wallet }, db);
  const { providerId, tier } = stream;
  return openStream({ actor, providerId, tier, autoTopUp: scenario.autoTopUp }, db);
}

type Moment = { atMs: bigint; closing: ScenarioStream[]; calling: ScenarioStream[] };

/** What the scenario asks for, in order, each moment once. A stream that closes at a moment takes no call of that moment. */
function agendaOf({ streams }: Scenario): Moment[] {
  const agenda = new Map<bigint, Moment>();
  const at = (atMs: bigint): Moment => {
    const moment = agenda.get(atMs) ?? { atMs, closing: [], calling: [] };
    agenda.set(atMs, moment);
    return moment;
  };
  for (const stream of streams) {
    if (stream.closesAtMs !== undefined) at(stream.closesAtMs).closing.push(stream);
    for (const atMs of stream.requestsAtMs) at(atMs).calling.push(stream);
  }
  return [...agenda.values()].sort((a, b) => (a.atMs < b.atMs ? -1 : 1));
}

/** At the end: what is not closed yet is closed now, and a closed stream answers with its settlement again. */
async function close(stream: ScenarioStream, opened: StreamView, db: Queryable): Promise<SimulatedStream> {
  const key = { actor: senderOf(stream), streamId: opened.id };
  const settlement = await closeStream(key, db);
  const events = await allEvents(key, db);
  const topUps = events.filter(({ kind }) => kind === "auto-topped-up").length;
  return { ...stream, opened, settlement, events, segments: await readSegments(opened.id, db), topUps };
}

async function allEvents(key: { actor: string; streamId: string }, db: Queryable) {
  const events: StreamEventView[] = [];
  for (let cursor: number | undefined; ; ) {
    const page = await listStreamEvents({ ...key, cursor, limit: 1_000 }, db);
    events.push(...page.items);
    if (page.nextCursor === null) return events;
    cursor = Number(page.nextCursor);
  }
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

function keyOf(stream: ScenarioStream, opened: ReadonlyMap<string, StreamView>) {
  return { actor: senderOf(stream), streamId: viewOf(opened, stream.name).id };
}

function viewOf(views: ReadonlyMap<string, StreamView>, name: string): StreamView {
  const view = views.get(name);
  if (!view) throw new Error(`no stream ${name}`);
  return view;
}

/** One wallet a stream: streams of one consumer do not compete for money, so the order of a sweep changes nothing. */
function senderOf({ name }: ScenarioStream): string {
  return addressOf(`sender ${name}`);
}

/** An address for a name, the same each time. Nobody holds its key. */
function addressOf(name: string): string {
  return `0x${createHash("sha256").update(`simulated ${name}`).digest("hex").slice(0, 40)}`;
}
