import "server-only";
import { nowMs } from "@/lib/clock";
import { pool } from "@/lib/db/pool";
import { INVARIANT_IDS, runInvariants } from "@/lib/ledger/run-invariants";
import { logger } from "@/lib/log";
import { within } from "./within";

/** The oldest that a check may be before the next one starts. */
const CHECK_EVERY_MS = 60_000;
/** Large books take longer than a minute to read: at most this part of the time goes into reading them. */
const SHARE = 1 / 5;
/** Longest time for one check, in milliseconds. */
const TIMEOUT_MS = 55_000;

export type InvariantCheck = {
  /** Violations by id of prisma/invariants.sql; every id is in it. */
  violations: Readonly<Record<string, number>>;
  checkedAtMs: number;
  tookMs: number;
};

type Watch = {
  latest: InvariantCheck | null;
  /** Why the last try gave no result, or null when it gave one. */
  failure: string | null;
  nextAtMs: number;
  checking: Promise<void> | null;
};

// Shared by all bundles of the process: one check serves the scrape and the status page.
const shared = globalThis as typeof globalThis & { superstreamInvariants?: Watch };

/**
 * The last check of the whole books, and a new one in the background when that is a minute old. Never waits for a check
 * longer than `patienceMs`, and then only while there is none at all.
 */
export async function watchInvariants(patienceMs: number): Promise<Pick<Watch, "latest" | "failure">> {
  shared.superstreamInvariants ??= { latest: null, failure: null, nextAtMs: 0, checking: null };
  const watch = shared.superstreamInvariants;
  if (Number(nowMs()) >= watch.nextAtMs)
    watch.checking ??= check(watch).finally(() => {
      watch.checking = null;
    });
  if (!watch.latest && watch.checking) await within(patienceMs, watch.checking).catch(() => {}); // Later, then.
  return { latest: watch.latest, failure: watch.failure };
}

async function check(watch: Watch): Promise<void> {
  const began = Number(nowMs());
  try {
    const found = await readBooks();
    const count = (id: string) => found.filter((violation) => violation.id === id).length;
    const violations = Object.fromEntries(INVARIANT_IDS.map((id) => [id, count(id)]));
    if (found.length > 0) logger.error({ violations: found.slice(0, 20) }, "The books do not hold");
    watch.latest = { violations, checkedAtMs: Number(nowMs()), tookMs: Number(nowMs()) - began };
    watch.failure = null;
  } catch (error) {
    logger.error({ error }, "The books could not be checked");
    watch.failure =
      error instanceof Error && "code" in error && error.code === "57014"
        ? `Reading the books took longer than ${TIMEOUT_MS / 1000} s.`
        : "The books could not be read: the server’s log says why.";
  }
  watch.nextAtMs = Number(nowMs()) + Math.max(CHECK_EVERY_MS, (Number(nowMs()) - began) / SHARE);
}

/** One connection, read only, with more time than a request gets and no place in front of one. */
async function readBooks() {
  const client = await pool().connect();
  try {
    await client.query("begin transaction isolation level repeatable read, read only");
    // A migration may hold a table for longer than a request would wait for it.
    await client.query(`set local statement_timeout = ${TIMEOUT_MS}; set local lock_timeout = 0`);
    const found = await runInvariants(client);
    await client.query("commit");
    client.release();
    return found;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
