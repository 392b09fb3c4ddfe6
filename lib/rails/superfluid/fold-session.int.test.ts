/** Sessions of SessionOperator by their events, against what the contract itself says of them, after random activity and reorganisations. */
import { type Address, getAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import type { Queryable } from "@/lib/db/pool";
import { indexOnce } from "@/lib/indexer/index-once";
import type { Projection } from "@/lib/indexer/projection";
import { sessionOperatorSource, sessionSubject } from "@/lib/indexer/sources/session-operator-source";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import { honestClient } from "@/lib/testing/chain-truth";
import { startTestDevnet } from "@/lib/testing/devnet";
import { devnetIndex, untilCurrent } from "@/lib/testing/devnet-index";
import { createFoldTable } from "@/lib/testing/fold-projection";
import { randomSource } from "@/lib/testing/random-source";
import { scratchDatabase } from "@/lib/testing/scratch-database";
import { sessionActivity } from "@/lib/testing/session-activity";
import { foldSession, type SessionState, sessionSpent } from "./fold-session";

/** More in the long run: REORGS=200 npx vitest run --project int lib/rails/superfluid/fold-session. */
const REORGS = Number(process.env.REORGS ?? 24);
const DEEPEST = 12;

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
}, 120_000);
afterAll(() => devnet?.stop());

/** Keeps a row for each session, as a projection of the market would. */
const sessionProjection: Projection = {
  name: "test-sessions-1",
  sources: [sessionOperatorSource(DEVNET.sessionOperator)],
  async apply(db, { chainId, removed, added }) {
    const touched = [...removed, ...added].flatMap(({ subjects }) =>
      subjects.filter((subject) => subject.startsWith("session:")),
    );
    for (const [subject, logs] of await listSubjectLogs(db, chainId, [...new Set(touched)])) {
      const session = foldSession(logs);
      await db.query("delete from test_fold where subject = $1", [subject]);
      if (session) await db.query("insert into test_fold values ($1, $2)", [subject, rowOf(session)]);
    }
  },
};

function rowOf({ flows, ...session }: SessionState) {
  const known = [...flows]
    .filter(([, { allowed, until }]) => allowed || until > 0n)
    .map(([receiver, flow]) => [receiver, texts(flow)] as const);
  return { ...texts(session), flows: Object.fromEntries(known.sort()) };
}

const texts = (values: object) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "boolean" ? value : String(value).toLowerCase(),
    ]),
  );

async function rowsOfIndex(db: Queryable) {
  const { rows } = await db.query<{ subject: string; state: unknown }>(
    "select subject, state from test_fold",
  );
  return Object.fromEntries(rows.map(({ subject, state }) => [subject, state]));
}

type Client = ReturnType<typeof honestClient>;
const of = { abi: sessionOperatorAbi, address: DEVNET.sessionOperator } as const;

/** The same rows by the contract's own views. */
async function rowsOfChain(client: Client, receivers: readonly Address[]) {
  const count = await client.readContract({ ...of, functionName: "getSessionCount" });
  const rows: Record<string, unknown> = {};
  const ever = { running: 0, revoked: 0, spent: 0 };
  for (let id = 1n; id <= count; id += 1n) {
    const session = await client.readContract({ ...of, functionName: "getSession", args: [id] });
    const flows: Record<string, unknown> = {};
    for (const receiver of receivers) {
      const flow = await client.readContract({ ...of, functionName: "getSessionFlow", args: [id, receiver] });
      const { allowed, rate, since, until } = flow;
      if (allowed || until > 0n) flows[receiver.toLowerCase()] = texts({ allowed, rate, since, until });
      if (rate > 0n) ever.running += 1;
    }
    const running = await client.readContract({ ...of, functionName: "getRunning", args: [id] });
    expect(new Set(running).size).toBe(running.length);
    rows[sessionSubject(DEVNET.sessionOperator, id)] = { ...texts(session), flows };
    if (session.revoked) ever.revoked += 1;
    if (session.spent > 0n) ever.spent += 1;
  }
  return { count, rows, ever };
}

test("rows equal the contract's own view of every session and every flow of it", {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000);
  const random = randomSource(seed);
  const { db, stop } = await scratchDatabase(4);
  try {
    await createFoldTable(db);
    const activity = await sessionActivity(devnet.rpcUrl, random, devnet.fund);
    const open = () => devnetIndex({ urls: [devnet.rpcUrl], projections: [sessionProjection], db });
    let index = open();
    for (let number = 0; number < REORGS; number += 1) {
      for (let block = 2 + random.below(5); block > 0; block -= 1) await activity.mineBlock(random.below(6));
      for (let pass = random.below(3); pass > 0; pass -= 1) await indexOnce(index);
      const depth = 1 + (number % DEEPEST);
      await Promise.all([activity.reorganise(depth, random.below(2 * depth)), indexOnce(index)]);
      if (random.below(8) === 0) index = open();
    }
    const client = honestClient(devnet.rpcUrl);
    await activity.openTwo(1n + (await client.readContract({ ...of, functionName: "getSessionCount" })));
    expect(await untilCurrent(index)).toEqual({ state: "current", fault: null });

    const { count, rows, ever } = await rowsOfChain(client, activity.receivers);
    expect(await rowsOfIndex(db), `seed ${seed}`).toEqual(rows);
    if (process.env.REORGS) console.log(JSON.stringify({ ...ever, count: `${count}` }));
    expect(ever.running, `seed ${seed}`).toBeGreaterThan(0);
    expect(Math.min(ever.revoked, ever.spent), `seed ${seed}`).toBeGreaterThan(0);

    const { number, timestamp } = await client.getBlock();
    for (let id = 1n; id <= count; id += 1n) {
      const subject = sessionSubject(DEVNET.sessionOperator, id);
      const logs = (await listSubjectLogs(db, DEVNET.chainId, [subject])).get(subject) ?? [];
      const session = foldSession(logs);
      const spent = await client.readContract({
        ...{ ...of, functionName: "getSpent", args: [id] },
        blockNumber: number,
      });
      expect(session && sessionSpent(session, timestamp), `seed ${seed}, session ${id}`).toBe(spent);
      expect(getAddress(session?.person ?? "0x")).toBe(
        (await client.readContract({ ...of, functionName: "getSession", args: [id] })).person,
      );
    }
  } finally {
    await stop();
  }
});
