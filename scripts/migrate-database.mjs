import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate } from "../lib/db/migrate.mjs";
import { Refusal } from "./report.mjs";

const MIGRATIONS = fileURLToPath(new URL("../prisma/migrations", import.meta.url));
/** An address that swallows packets would keep the start waiting for minutes. */
const CONNECT_TIMEOUT_MS = 15_000;
/** As `server_version_num` says it: PostgreSQL 15. */
const OLDEST_VERSION = 150_000;

/**
 * Brings a database up to this version's migrations.
 * @param {string} url @returns {Promise<string[]>} the migrations applied now
 * @throws Refusal when nothing usable answers there. The address is not repeated: it may hold a password.
 */
export async function migrateDatabase(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
  } catch (error) {
    const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Refusal(`DATABASE_URL: cannot connect: ${message || code}.`); // All addresses of a name: no message, a code.
  }
  try {
    await refuseOldServer(client);
    return await migrate(client, MIGRATIONS);
  } finally {
    await client.end();
  }
}

/** @param {pg.Client} client */
async function refuseOldServer(client) {
  const { rows } = await client.query(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  );
  const { version, number } = rows[0];
  if (number < OLDEST_VERSION)
    throw new Refusal(`DATABASE_URL: needs PostgreSQL 15 or newer; this is ${version}.`);
}
