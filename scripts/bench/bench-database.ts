import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { DEFAULT_TIERS, TIER_NAMES } from "@/lib/domain/tier";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { authorizeRequests } from "@/lib/streams/authorize-request";
import { completeRequests } from "@/lib/streams/complete-request";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { newId } from "@/lib/streams/new-id";
import { openStream } from "@/lib/streams/open-stream";
import { startThrowAwayPostgres } from "../embedded-postgres.mjs";
import { migrateDatabase } from "../migrate-database.mjs";

export const PROVIDER = "bench";
const RECEIVER = `0x${"b".repeat(40)}`;
const UNIT = 10n ** 18n;

/** An empty market on a PostgreSQL of its own, as durable as the embedded one of `npm start`. */
export async function startBenchDatabase() {
  const database = await startThrowAwayPostgres({ what: "the benchmark", durable: true });
  try {
    await migrateDatabase(database.url);
    // Only the bench itself: checking millions of rows sorts in memory. The servers have connections of their own.
    const pool = new pg.Pool({ connectionString: database.url, max: 8, options: "-c work_mem=256MB" });
    pool.on("error", () => {}); // It goes away with its server.
    running.add(database.stop);
    return {
      url: database.url,
      pid: database.pid,
      pool,
      async stop() {
        await pool.end();
        await database.stop();
        running.delete(database.stop);
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** One provider with one service, `echo`, whose tiers allow a hundred million calls an hour. */
export async function addProvider(db: pg.Pool): Promise<void> {
  await db.query(
    `insert into provider (id, owner, name, endpoint, capabilities, category, max_concurrency)
     values ($1, $2, 'Bench', 'http://127.0.0.1:9', '{echo}', 'development_tools', 512)`,
    [PROVIDER, RECEIVER],
  );
  for (const name of TIER_NAMES)
    await db.query(
      `insert into provider_tier (provider_id, name, rate_amount, rate_period_ms, max_requests_per_hour, priority, overridden)
       values ($1, $2, $3, 86400000, 100000000, $4, true)`,
      [PROVIDER, name, DEFAULT_TIERS[name].rate.amount.toString(), DEFAULT_TIERS[name].priority],
    );
  await db.query(
    `insert into service (id, provider_id, slug, name, category, capability, method, path, input_schema)
     values ($1, $2, 'echo', 'Echo', 'development_tools', 'echo', 'POST', '/echo', '{"type":"object"}')`,
    [newId("svc"), PROVIDER],
  );
}

/** Streams of as many senders, each with a session token, all through the money functions. Returns the tokens. */
export async function openStreams(db: pg.Pool, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const actor = `0x${(i + 1).toString(16).padStart(40, "0")}`;
    await creditWallet({ actor, amount: 1_000n * UNIT }, db);
    await openStream({ actor, providerId: PROVIDER, tier: "basic", deposit: 500n * UNIT }, db);
    tokens.push(await openSession(db, actor));
  }
  return tokens;
}

/** Issued with a call that is voided, so that it costs and counts nothing. */
async function openSession(db: pg.Pool, payer: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const requestId = newId("req");
  const call = {
    requestId,
    providerId: PROVIDER,
    serviceId: null,
    requestType: "echo",
    method: "POST",
    path: "/echo",
    via: "proof" as const,
    payer,
    issueSession: { tokenHash: createHash("sha256").update(token).digest("hex"), maxMs: 7_200_000n },
    idempotencyKey: null,
    requestHash: requestId,
    requestDigest: null,
    price: 0n,
  };
  await authorizeRequests([call], db);
  await completeRequests(
    [{ requestId, outcome: "voided", status: 204, responseDigest: null, receipt: null }],
    db,
  );
  return token;
}

/**
 * After a load: the database must know of exactly the answers that callers saw, each with its receipt, and the books must hold.
 *
 * @param answers 2xx answers that the load generator counted, warm-up and all
 * @returns what does not hold, one line each
 */
export async function findBookFaults(db: pg.Pool, answers: number): Promise<string[]> {
  const { rows } = await db.query<{ served: number; receipts: number; open: number }>(
    `select count(*) filter (where r.state = 'served')::int as served, count(a.receipt)::int as receipts,
            count(*) filter (where r.state = 'open')::int as open
     from request r left join request_answer a on a.request_id = r.id`,
  );
  const faults: string[] = [];
  const { served = 0, receipts = 0, open = 0 } = rows[0] ?? {};
  if (served !== answers) faults.push(`${answers} calls were answered, the ledger served ${served}`);
  if (receipts !== served) faults.push(`${served} calls were served, ${receipts} have a receipt`);
  if (open > 0) faults.push(`${open} calls are still open`);
  for (const { id, subject, detail } of await runInvariants(db)) faults.push(`${id} ${subject}: ${detail}`);
  return faults;
}

/**
 * Has a server verify the receipts of the last calls, as anybody may.
 *
 * @returns those that did not verify, one line each
 */
export async function findReceiptFaults(db: pg.Pool, baseUrl: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from request where state = 'served' order by at_ms desc limit 20",
  );
  const faults: string[] = [];
  for (const { id } of rows) {
    const response = await fetch(`${baseUrl}/api/v1/receipts/${id}`);
    const { verified } = (await response.json()) as { verified?: boolean };
    if (verified !== true) faults.push(`the receipt of ${id} does not verify: ${response.status}`);
  }
  return faults;
}

const running = new Set<() => Promise<void>>();

/** For an end before the end: databases outlive the process that started them. */
export async function stopBenchDatabases(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()));
}
