import { sweepAlerts } from "@/lib/alerts/sweep-alerts";
import type { Queryable } from "@/lib/db/pool";
import { openStream } from "@/lib/streams/open-stream";
import { fundedAddress, HOUR_MS, listProvider, TOKEN } from "./ledger-fixtures";
import type { ledgerForFile } from "./ledger-for-file";
import { DAY_BEGIN_MS, type SimulatedLedger } from "./simulated-ledger";

export const MINUTE_MS = 60_000n;
const RATE = 10n * TOKEN; // a day, professional: 1 token lasts 2.4 h

export type DescendingStream = SimulatedLedger & {
  actor: string;
  providerId: string;
  streamId: string;
  /** Sets the clock to so many milliseconds after the stream was opened. */
  after(ms: bigint): Promise<void>;
  sweep(): ReturnType<typeof sweepAlerts>;
  /** Sweeps every minute from the first to the last moment after the opening. */
  sweepThrough(fromMs: bigint, toMs: bigint): Promise<void>;
  /** Every alert of the stream: "minutes of the threshold, state, why", in the order of writing. */
  alerts(): Promise<string[]>;
};

/**
 * Gives a test a stream whose deposit lasts exactly `runwayMs` at 10 tokens a day, in a transaction that is undone.
 * `wallet` is what its sender has left, in base units.
 */
export function descendingStreams(ledger: ReturnType<typeof ledgerForFile>) {
  return (
    runwayMs: bigint,
    work: (rig: DescendingStream) => Promise<void>,
    wallet = 100n * TOKEN,
  ): Promise<void> =>
    ledger.simulated(async (simulated) => {
      const { db, at } = simulated;
      const deposit = cost(runwayMs);
      const actor = await fundedAddress(db, deposit + wallet);
      const { id: providerId } = await listProvider(db, {
        depositMs: MINUTE_MS,
        tiers: { professional: { rate: { amount: RATE, periodMs: 24n * HOUR_MS } } },
      });
      const { id: streamId } = await openStream({ actor, providerId, tier: "professional", deposit }, db);
      const after = (ms: bigint) => at(DAY_BEGIN_MS + ms);
      const sweep = () => sweepAlerts({ limit: 100 }, db);
      async function sweepThrough(fromMs: bigint, toMs: bigint): Promise<void> {
        for (let ms = fromMs; ms <= toMs; ms += MINUTE_MS) {
          await after(ms);
          await sweep();
        }
      }
      const alerts = () => alertsOf(streamId, db);
      return work({ ...simulated, actor, providerId, streamId, after, sweep, sweepThrough, alerts });
    });
}

/** Base units of `ms` of flow at 10 tokens a day, rounded up. */
export function cost(ms: bigint): bigint {
  return (RATE * ms + 86_399_999n) / 86_400_000n;
}

async function alertsOf(streamId: string, db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ line: string }>(
    `select threshold_ms / 60000 || ' ' || coalesce(muted_by, state) || coalesce(': ' || obstacle, '') || case when ended_ms is null then '' else ' ended' end as line
     from alert where stream_id = $1 order by raised_ms, threshold_ms`,
    [streamId],
  );
  return rows.map(({ line }) => line);
}
