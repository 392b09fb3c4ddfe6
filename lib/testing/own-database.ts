import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll } from "vitest";
import { migrateDatabase } from "../../scripts/migrate-database.mjs";

/**
 * Gives this test file a migrated database of its own on the run's server, for tests that look at every table: other
 * files write at the same time. Call it in `vi.hoisted`, before anything reads DATABASE_URL. It is gone after the file.
 */
export async function ownDatabase(): Promise<void> {
  const server = process.env.DATABASE_URL;
  if (!server) throw new Error("The run has no database: see lib/testing/postgres-for-tests.ts.");
  const name = `superstream_test_own_${randomBytes(6).toString("hex")}`;
  await query(server, `create database ${name}`);
  afterAll(async () => {
    const { pool } = await import("@/lib/db/pool");
    await pool().end();
    await query(server, `drop database if exists ${name} with (force)`);
  });
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  await migrateDatabase(url);
  process.env.DATABASE_URL = url;
}

async function query(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
