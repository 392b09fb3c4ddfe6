import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { env } from "@/lib/env";
import { migrateDatabase } from "../../scripts/migrate-database.mjs";

/**
 * A migrated database of one test file's own, on the server of the run: for tests that change tables or functions, count
 * deadlocks, or check all the books. `db` has `clients` real connections with the application's bounds, all open, so that
 * a race begins with its first statement.
 */
export async function scratchDatabase(clients = 4): Promise<{ db: pg.Pool; stop: () => Promise<void> }> {
  if (!env.DATABASE_URL) throw new Error("Integration tests run in vitest's project `int`.");
  const server = new pg.Pool({ connectionString: env.DATABASE_URL, max: 1 });
  const name = `superstream_scratch_${randomBytes(6).toString("hex")}`;
  await server.query(`create database ${name}`);
  const url = Object.assign(new URL(env.DATABASE_URL), { pathname: `/${name}` }).toString();
  await migrateDatabase(url);

  const db = new pg.Pool({
    connectionString: url,
    max: clients,
    idleTimeoutMillis: 0,
    statement_timeout: 10_000,
    lock_timeout: 3_000,
    idle_in_transaction_session_timeout: 5_000,
  });
  const opened = await Promise.all(Array.from({ length: clients }, () => db.connect()));
  for (const client of opened) client.release();
  const stop = async () => {
    await db.end();
    while (await connections(server, name)) await sleep(10); // The server notices a little later that they are gone.
    await server.query(`drop database ${name}`);
    await server.end();
  };
  return { db, stop };
}

async function connections(server: pg.Pool, database: string): Promise<number> {
  const { rows } = await server.query("select 1 from pg_stat_activity where datname = $1", [database]);
  return rows.length;
}
