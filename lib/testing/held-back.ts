import type pg from "pg";
import { expect, vi } from "vitest";

/**
 * Lets a race be played in one order: `hold` takes locks in a transaction of its own, `play` begins what has to wait for them, and when
 * `play` has ended, `hold` is undone.
 */
export async function heldBack<T>(
  db: pg.Pool,
  hold: (client: pg.PoolClient) => Promise<unknown>,
  play: () => Promise<T>,
): Promise<T> {
  const client = await db.connect();
  try {
    await client.query("begin");
    await hold(client);
    return await play();
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** Resolves when `count` connections of this database wait for a lock that another one holds. */
export async function lockWaits(db: pg.Pool, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await db.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      expect(rows[0]?.n).toBeGreaterThanOrEqual(count);
    },
    { timeout: 10_000, interval: 10 },
  );
}
