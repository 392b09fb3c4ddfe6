import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startEmbeddedPostgres } from "../embedded-postgres.mjs";
import { holdDataDir, processExists } from "../hold-data-dir.mjs";
import { migrateDatabase } from "../migrate-database.mjs";

/** Own settings, so that a pool outlives the crashes that are made here. */
const POOL = { application_name: "chaos", max: 4, connectionTimeoutMillis: 3_000, query_timeout: 20_000 };

export type ChaosDatabase = Awaited<ReturnType<typeof startChaosDatabase>>;

/**
 * A migrated PostgreSQL in `folder` that can be crashed. It does not wait for the disk: killed processes lose nothing by that,
 * only a power cut would.
 */
export async function startChaosDatabase(folder: string) {
  const hold = holdDataDir(folder, "npm run chaos");
  const start = () => startEmbeddedPostgres({ dataDir: folder, durable: false, hold });
  let running = await start();
  await migrateDatabase(running.url);
  const pool = new pg.Pool({ connectionString: running.url, ...POOL });
  pool.on("error", () => {}); // Connections die here by design.
  // Calls of killed servers are given up after 12 s instead of 60 s, so that a short run sees it happen.
  await pool.query(
    "create or replace function call_patience_ms() returns bigint language sql immutable as 'select 12000::bigint'",
  );

  return {
    url: running.url,
    pool,

    /** As `pg_ctl restart -m immediate`: no checkpoint, every session cut off, recovery from the log at the next start. */
    async crash(): Promise<void> {
      const { pid } = running;
      if (!processExists(pid)) return;
      process.kill(pid, "SIGQUIT");
      while (processExists(pid)) await sleep(10);
      running = await start();
    },

    /** Cuts the connections of everybody else, at most `limit` of them. Returns how many. */
    async cutConnections(limit: number): Promise<number> {
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name <> 'chaos' and pid <> pg_backend_pid()
         order by random() limit $1`,
        [limit],
      );
      return rowCount ?? 0;
    },
  };
}

/** For the moment when nothing can be awaited any more: ends the PostgreSQL of a folder, if there is one, without ceremony. */
export function endDatabaseNow(folder: string): void {
  try {
    const [pid] = readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGQUIT");
  } catch {
    return; // It was not started, or is gone.
  }
}
