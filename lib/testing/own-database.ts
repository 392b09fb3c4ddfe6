import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrateDatabase } from "../../scripts/migrate-database.mjs";

/**
 * Gives this test file a migrated database of its own on the run's server, for tests that look at every table: other
 * files write at the same time. Call it in `vi.hoisted`, before anything reads DATABASE_URL.
 */
export async function useOwnDatabase(): Promise<void> {
  const server = process.env.DATABASE_URL;
  if (!server) throw new Error("The run has no database: see lib/testing/postgres-for-tests.ts.");
  const name = `own_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  await migrateDatabase(url);
  process.env.DATABASE_URL = url;
}
