import "server-only";
import pg from "pg";
import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { logger } from "@/lib/log";
import { runScenario, type SimulationReport } from "./run-scenario";
import type { Scenario } from "./scenario";
import { Turns } from "./turns";

/** Simulations at once in one process: as many connections, which are no part of the pool that serves paid calls. */
const AT_ONCE = 2;
/** Real time that one run may take. */
const BUDGET_MS = 15_000;

// Every route of Next is a bundle of its own: one simulator for all of them.
const shared = globalThis as typeof globalThis & { superstreamSimulator?: { pool: pg.Pool; turns: Turns } };

/**
 * Plays a scenario for anybody who asks, within bounds: two at once, 15 s each, on connections of their own.
 *
 * @param signal ends the run when its caller leaves
 * @throws ProblemError `rate-limited` when too many run, `unavailable` when the scenario takes longer than the budget,
 * `invalid-input` and `not-configured` as `runScenario` does
 */
export async function simulate(scenario: Scenario, signal?: AbortSignal): Promise<SimulationReport> {
  shared.superstreamSimulator ??= openSimulator();
  const { pool, turns } = shared.superstreamSimulator;
  const endTurn = await turns.take();
  try {
    const client = await pool.connect();
    let broken: unknown;
    try {
      return await runScenario(scenario, client, budget(signal));
    } catch (error) {
      // A connection that ended a run badly may be in any state: it is not used again.
      if (!(error instanceof ProblemError)) broken = error;
      throw error;
    } finally {
      client.release(broken !== undefined);
    }
  } finally {
    endTurn();
  }
}

/** Ends the simulator's connections. For tests. */
export async function stopSimulator(): Promise<void> {
  await shared.superstreamSimulator?.pool.end();
  delete shared.superstreamSimulator;
}

function budget(signal?: AbortSignal): () => void {
  const end = performance.now() + BUDGET_MS;
  return () => {
    if (signal?.aborted) throw new ProblemError("unavailable", "The caller left.");
    if (performance.now() > end)
      throw new ProblemError(
        "unavailable",
        `This scenario takes longer than ${BUDGET_MS / 1_000} s. Make it shorter, or ask again when less is going on.`,
        { extensions: { retryAfterSeconds: 30 } },
      );
  };
}

function openSimulator(): { pool: pg.Pool; turns: Turns } {
  if (!databaseConfigured())
    throw new ProblemError("not-configured", "No database is configured: set DATABASE_URL.");
  const pool = new pg.Pool({
    connectionString: env.DATABASE_URL,
    max: AT_ONCE,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    // A server that stops does not wait for connections on which nothing runs.
    allowExitOnIdle: true,
  });
  pool.on("error", (error) => logger.error({ error }, "A connection of the simulator was lost"));
  pool.on("connect", (client) => client.on("error", () => {})); // While a run has it: its next statement says so.
  return { pool, turns: new Turns({ running: AT_ONCE, waiting: 8, waitMs: 20_000 }) };
}
