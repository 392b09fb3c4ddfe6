import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The advisory lock that Prisma Migrate takes: our runner and `prisma migrate deploy` wait for each other. */
const PRISMA_LOCK = 72707369;

/** As Prisma Migrate 7 creates it. */
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`;

/** The database and this version do not fit together. The message says what to do. */
export class MigrationError extends Error {
  name = "MigrationError";
}

/**
 * Applies the migrations that are due and records them exactly as `prisma migrate deploy` does, in milliseconds and
 * without its command line. `prisma migrate status` agrees afterwards, and each continues what the other began.
 *
 * @param {import("pg").ClientBase} client a connection of its own: the lock belongs to its session, so no pooler in between
 * @param {string} folder that holds `<name>/migration.sql`
 * @returns {Promise<string[]>} the names applied now
 * @throws MigrationError when an applied migration was edited, is missing from the folder, or failed half-way before
 */
export async function migrate(client, folder) {
  await client.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`);
  try {
    await client.query(TABLE);
    const due = planMigrations(await listMigrations(folder), await listRecorded(client));
    for (const migration of due) await apply(client, migration);
    return due.map(({ name }) => name);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${PRISMA_LOCK})`);
  }
}

/**
 * @typedef {{ name: string, sql: string, checksum: string }} Migration
 * @typedef {{ migration_name: string, checksum: string, finished_at: Date | null }} Recorded
 */

/**
 * What is left to apply, in order.
 * @param {Migration[]} present @param {Recorded[]} recorded
 */
export function planMigrations(present, recorded) {
  const known = new Map(recorded.map((row) => [row.migration_name, row]));
  const names = new Set(present.map(({ name }) => name));
  const gone = recorded.find((row) => !names.has(row.migration_name));
  if (gone)
    throw new MigrationError(
      `The database has migration ${gone.migration_name}, which this version lacks: it belongs to a newer or other version.`,
    );

  return present.filter(({ name, checksum }) => {
    const row = known.get(name);
    if (!row) return true;
    if (row.finished_at === null)
      throw new MigrationError(
        `Migration ${name} failed before. Mend the database, then run \`npx prisma migrate resolve\`.`,
      );
    if (row.checksum !== checksum)
      throw new MigrationError(
        `Migration ${name} was edited after it had been applied. Put the old text back and add a new one.`,
      );
    return false;
  });
}

/** @param {string} folder @returns {Promise<Migration[]>} in order of name */
export async function listMigrations(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(folder, name, "migration.sql"));
      return {
        name,
        sql: bytes.toString("utf8"),
        checksum: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
  );
}

/** @param {import("pg").ClientBase} client @returns {Promise<Recorded[]>} */
async function listRecorded(client) {
  const { rows } = await client.query(
    `SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  return rows;
}

/** @param {import("pg").ClientBase} client @param {Migration} migration */
async function apply(client, { name, sql, checksum }) {
  const id = randomUUID();
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, started_at, migration_name) VALUES ($1, $2, now(), $3)`,
    [id, checksum, name],
  );
  try {
    await client.query(sql); // Sent whole: one implicit transaction, and function bodies keep their semicolons.
  } catch (cause) {
    await client.query(`UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1`, [id, String(cause)]);
    throw new MigrationError(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  await client.query(
    `UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = applied_steps_count + 1 WHERE id = $1`,
    [id],
  );
}
