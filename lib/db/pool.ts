import "server-only";
import pg from "pg";
import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { logger } from "@/lib/log";

/** Anything that runs SQL: the pool, or one client inside a transaction. */
export type Queryable = Pick<pg.Pool, "query">;

/** A statement, a wait for a lock, a transaction that does nothing: none lasts long, whatever its client does. */
const LIMITS =
  "set statement_timeout = '10s'; set lock_timeout = '3s'; set idle_in_transaction_session_timeout = '5s'";

// Every route of Next is a bundle of its own, and the server in front of it another: one pool for all of them.
const shared = globalThis as typeof globalThis & { superstreamPool?: pg.Pool };

/**
 * The connections of this process. A statement is bounded on the database's side too, so that a paused process that
 * holds a row cannot block the others for long.
 *
 * @throws ProblemError `not-configured` without a database
 */
export function pool(): pg.Pool {
  shared.superstreamPool ??= openPool();
  return shared.superstreamPool;
}

function openPool(): pg.Pool {
  if (!databaseConfigured())
    throw new ProblemError(
      "not-configured",
      "No database is configured. Set DATABASE_URL to a PostgreSQL 15 or later, and SECRET_KEY to at least 32 random bytes.",
    );
  const opened = new pg.Pool({
    connectionString: env.DATABASE_URL,
    max: env.DATABASE_POOL,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A statement before the connection is used, and not start-up parameters: poolers refuse those.
    onConnect: async (client) => {
      await client.query(LIMITS);
    },
  });
  // A connection that dies while idle is replaced by the next query; without a listener it would end the process.
  opened.on("error", (error) => logger.error({ error }, "A database connection was lost"));
  // So would one that dies between two statements of whoever has it: they learn of it by their next statement.
  opened.on("connect", (client) => client.on("error", () => {}));
  return opened;
}
