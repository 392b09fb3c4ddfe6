import { randomBytes } from "node:crypto";
import pg from "pg";
import { startThrowAwayPostgres } from "./embedded-postgres.mjs";
import { migrateDatabase } from "./migrate-database.mjs";

/**
 * An empty, migrated database for tests: a throw-away embedded one, or a fresh one on the server of TEST_DATABASE_URL.
 * DATABASE_URL is never looked at, so tests cannot reach the data of an application.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} `stop` removes it
 */
export async function databaseForTests() {
  const server = process.env.TEST_DATABASE_URL;
  const database = server ? await freshDatabase(server) : await startThrowAwayPostgres({ what: "tests" });
  try {
    await migrateDatabase(database.url);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** @param {string} server whose user may create databases */
async function freshDatabase(server) {
  const name = `superstream_test_${randomBytes(6).toString("hex")}`;
  await query(server, `CREATE DATABASE ${name}`);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).toString(),
    stop: () => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** @param {string} url @param {string} sql */
async function query(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
