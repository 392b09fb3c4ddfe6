import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate } from "../lib/db/migrate.mjs";

const MIGRATIONS = fileURLToPath(new URL("../prisma/migrations", import.meta.url));

/**
 * Brings a database up to this version's migrations.
 * @param {string} url @returns {Promise<string[]>} the migrations applied now
 */
export async function migrateDatabase(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await migrate(client, MIGRATIONS);
  } finally {
    await client.end();
  }
}
