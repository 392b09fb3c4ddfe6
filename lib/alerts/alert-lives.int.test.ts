import fc from "fast-check";
import { expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { resumeStream } from "@/lib/streams/resume-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { cost, MINUTE_MS } from "@/lib/testing/descending-streams";
import {
  authorise,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { sweepAlerts } from "./sweep-alerts";

const ledger = ledgerForFile(1);
const THRESHOLDS = [600_000n, 3_600_000n, 14_400_000n] as const;
const MARGIN_MS = 60_000n;
const RATE = 10n * TOKEN; // a day

/** One thing that the sender does `waitMs` after the one before. Amounts are in milliseconds of flow. */
type Deed = { waitMs: bigint; kind: "top-up" | "call" | "voided call" | "pause" | "resume"; flowMs: bigint };
type Life = { depositMs: bigint; sweepMs: bigint; deeds: Deed[] };

const minutes = (max: number) =>
  fc.integer({ min: 1, max }).map((n) => BigInt(n) * MINUTE_MS + BigInt(n % 7) * 977n);
const someLife: fc.Arbitrary<Life> = fc.record({
  depositMs: minutes(330),
  // The alert of 10 min must find a sweep before the end.
  sweepMs: fc.constantFrom(MINUTE_MS, 4n * MINUTE_MS, 9n * MINUTE_MS),
  deeds: fc.array(
    fc.record({
      waitMs: minutes(70),
      kind: fc.constantFrom("top-up", "call", "call", "voided call", "pause", "resume"),
      flowMs: minutes(150),
    }),
    { maxLength: 8 },
  ),
});

/**
 * What should be told, kept beside the database by reading the stream's runway after each sweep and each deed: a threshold is
 * armed when the stream starts or is funded more than a minute above it, and told, once, when the runway is seen at or below it.
 */
class Expected {
  readonly armed = new Set<bigint>();
  readonly told = new Map<bigint, number>(THRESHOLDS.map((t) => [t, 0]));

  begin(runwayMs: bigint): void {
    for (const t of THRESHOLDS) if (runwayMs > t + MARGIN_MS) this.armed.add(t);
  }

  see(runwayMs: bigint): void {
    for (const t of THRESHOLDS)
      if (runwayMs <= t && this.armed.delete(t)) this.told.set(t, (this.told.get(t) ?? 0) + 1);
  }
}

/** Plays a life to its end, sweeping now and then, and checks after every step. */
async function play({ depositMs, sweepMs, deeds }: Life): Promise<{ refused: number; told: number }> {
  return ledger.simulated(async ({ db, at }) => {
    const actor = await fundedAddress(db, 10_000n * TOKEN);
    const { id: providerId } = await listProvider(db, {
      depositMs: MINUTE_MS,
      graceMs: 10n * MINUTE_MS,
      tiers: {
        professional: { rate: { amount: RATE, periodMs: 24n * HOUR_MS }, maxRequestsPerHour: 10_000 },
      },
    });
    const { id: streamId } = await openStream(
      { actor, providerId, tier: "professional", deposit: cost(depositMs) },
      db,
    );
    const own = { actor, streamId };
    const expected = new Expected();
    const view = () => getStream(own, db);
    let refused = 0;
    let now = DAY_BEGIN_MS;
    let nextSweep = now;
    expected.begin((await view()).runwayMs);

    /** Sweeps regularly until then. */
    async function until(ms: bigint): Promise<void> {
      for (; nextSweep <= ms; nextSweep += sweepMs) {
        await at(nextSweep);
        await sweepAlerts({ limit: 100 }, db);
        const seen = await view();
        if (seen.status === "active") expected.see(seen.runwayMs);
        await check(db, streamId, expected);
      }
      now = ms;
      await at(now);
    }

    async function act({ kind, flowMs }: Deed): Promise<void> {
      const before = await view();
      const done = async (run: () => Promise<unknown>) => {
        await run();
        const after = await view();
        if (after.status !== "active") return;
        expected.begin(after.runwayMs);
        // One that runs again is looked at at once; one that only got money, by the next sweep.
        if (before.status !== "active") expected.see(after.runwayMs);
      };
      const inGrace = before.graceUntilMs !== null && before.serverNowMs < before.graceUntilMs;
      if (kind === "top-up" && (["active", "paused"].includes(before.status) || inGrace))
        await done(() => topUpStream({ ...own, amount: cost(flowMs) }, db));
      else if (kind === "pause" && before.status === "active") await pauseStream(own, db);
      else if (kind === "resume" && before.status === "paused") {
        if (before.remaining > cost(2n * MINUTE_MS)) await done(() => resumeStream(own, db));
      } else if (kind === "call" || kind === "voided call") {
        const decision = await authorise(db, someCall({ providerId, payer: actor, price: cost(flowMs) }));
        if (decision.outcome === "authorised") {
          expected.see((await view()).runwayMs);
          await check(db, streamId, expected);
          await complete(db, decision.requestId, kind === "call" ? "served" : "voided");
        }
      }
      await check(db, streamId, expected);
    }

    /** A call for nothing is refused only when the stream is dry: by then every armed threshold was told. */
    async function probe(): Promise<void> {
      const decision = await authorise(db, someCall({ providerId, payer: actor }));
      if (decision.outcome === "authorised") {
        await complete(db, decision.requestId);
        return;
      }
      if (decision.outcome !== "denied" || decision.code !== "stream/deposit-exhausted") return;
      refused += 1;
      expect([...expected.armed].filter((t) => t === 600_000n)).toEqual([]);
      const { rows } = await db.query<{ late: number; raised: number }>(
        `select count(*) filter (where raised_ms >= $2)::int as late, count(*) filter (where state = 'raised')::int as raised
         from alert where stream_id = $1`,
        [streamId, (await lastDry(db, streamId)).toString()],
      );
      expect(rows[0]?.late).toBe(0);
      if ((expected.told.get(600_000n) ?? 0) > 0) expect(rows[0]?.raised).toBeGreaterThan(0);
    }

    for (const deed of deeds) {
      await until(now + deed.waitMs);
      await probe();
      await act(deed);
    }
    const { status, runwayMs } = await view();
    if (status === "active") await until(now + runwayMs + MINUTE_MS);
    await probe();
    return { refused, told: [...expected.told.values()].reduce((sum, n) => sum + n, 0) };
  });
}

/** When the stream last ran dry. */
async function lastDry(db: Queryable, streamId: string): Promise<bigint> {
  const { rows } = await db.query<{ at_ms: string }>(
    `select at_ms from stream_event where stream_id = $1 and kind = 'exhausted' order by seq desc limit 1`,
    [streamId],
  );
  return BigInt(rows[0]?.at_ms ?? -1);
}

/** Each threshold has as many rows as it was armed and passed: no one missing, no one twice. */
async function check(db: Queryable, streamId: string, expected: Expected): Promise<void> {
  const { rows } = await db.query<{ threshold_ms: string; n: number }>(
    `select threshold_ms, count(*)::int as n from alert where stream_id = $1 and muted_by is distinct from 'began-below' group by 1`,
    [streamId],
  );
  const counted = new Map(rows.map(({ threshold_ms, n }) => [BigInt(threshold_ms), n]));
  for (const t of THRESHOLDS) expect([t, counted.get(t) ?? 0]).toEqual([t, expected.told.get(t)]);
}

test("given a life in which nobody does anything, three thresholds are told, and then a call is refused", async () => {
  const life = { depositMs: 330n * MINUTE_MS, sweepMs: 9n * MINUTE_MS, deeds: [] };
  expect(await play(life)).toEqual({ refused: 1, told: 3 });
});

test("given any life, each threshold is told once a descent, and before the first call that is refused for want of money", async () => {
  let [refused, told] = [0, 0];
  await fc.assert(
    fc.asyncProperty(someLife, async (life) => {
      const played = await play(life);
      refused += played.refused;
      told += played.told;
    }),
    // Some lives tell nothing. 15 of them told 9 in all once in 76 runs; 30 tell 25 to 59.
    { numRuns: 30, endOnFailure: true },
  );
  // The lives were lives: streams ran dry, and alerts were told.
  expect(refused).toBeGreaterThan(3);
  expect(told).toBeGreaterThan(10);
}, 120_000);
