import "server-only";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type pg from "pg";
import { listMigrations } from "@/lib/db/migrate.mjs";
import { ProblemError } from "@/lib/errors";

/** Where simulations run: our tables and functions once more, beside the market's and never with a row in them. */
export const SIMULATION_SCHEMA = "simulation";

/** Held by each simulation as a share, and alone by who builds the schema anew: a schema in use is not taken away. */
const LOCK = 0x53494d;
const COMMENT = "Simulator of Superstream. Holds no data: each run is rolled back. Built from migrations ";

/** Statements of a simulation are short; a run that waits for a rebuild waits a little longer. */
const LIMITS = `set local statement_timeout = '10s'; set local lock_timeout = '20s';
  set local idle_in_transaction_session_timeout = '10s'`;

/** Tables without statistics look small and are read whole, with every version of their few rows: by index, twice as fast. */
const PLANNER = "set local enable_seqscan = off";

/**
 * Begins a transaction in which every name of ours means the simulation's own tables and functions, at this version's
 * migrations. The caller rolls it back. Everything is local to the transaction, so a pooler may stand in between.
 *
 * @throws ProblemError `not-configured` when the database's role may not create a schema
 */
export async function beginSimulation(client: pg.ClientBase): Promise<void> {
  const migrations = await listMigrations(join(process.cwd(), "prisma", "migrations"));
  const version = versionOf(migrations);
  await enter(client);
  if ((await builtVersion(client)) !== version) {
    await client.query("rollback");
    await build(client, migrations, version);
    await enter(client);
  }
  await client.query(`set local search_path = ${SIMULATION_SCHEMA}; ${PLANNER}`);
}

async function enter(client: pg.ClientBase): Promise<void> {
  await client.query("begin");
  await client.query(LIMITS);
  await client.query("select pg_advisory_xact_lock_shared($1)", [LOCK]);
}

type Migrations = Awaited<ReturnType<typeof listMigrations>>;

function versionOf(migrations: Migrations): string {
  const hash = createHash("sha256");
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`);
  return hash.digest("hex");
}

/** The version that stands there; null for none. A schema of somebody else's is not ours to use. */
async function builtVersion(client: pg.ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ comment: string | null }>(
    "select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = $1",
    [SIMULATION_SCHEMA],
  );
  const found = rows[0];
  if (!found) return null;
  if (found.comment?.startsWith(COMMENT)) return found.comment.slice(COMMENT.length);
  throw new ProblemError(
    "not-configured",
    `The database has a schema ${SIMULATION_SCHEMA} that is not the simulator's. Rename it: the simulator needs the name.`,
  );
}

/** One transaction, so that others see the old schema or the new one, whole. Migrations are sent as they are. */
async function build(client: pg.ClientBase, migrations: Migrations, version: string): Promise<void> {
  try {
    await client.query("begin");
    await client.query(LIMITS);
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
    if ((await builtVersion(client)) !== version) {
      await client.query(`drop schema if exists ${SIMULATION_SCHEMA} cascade`);
      await client.query(`create schema ${SIMULATION_SCHEMA}`);
      await client.query(`set local search_path = ${SIMULATION_SCHEMA}`);
      for (const { sql } of migrations) await client.query(sql);
      await client.query(`comment on schema ${SIMULATION_SCHEMA} is '${COMMENT}${version}'`);
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    if (!isForbidden(error)) throw error;
    throw new ProblemError(
      "not-configured",
      "The simulator needs a schema of its own: GRANT CREATE ON DATABASE to the role of DATABASE_URL.",
      { cause: error },
    );
  }
}

/** SQLSTATE 42501: insufficient privilege. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "42501";
}
