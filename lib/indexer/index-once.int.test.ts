import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainActivity } from "@/lib/testing/chain-activity";
import {
  eventsOfChain,
  eventsOfIndex,
  honestClient,
  stateOfChain,
  stateOfIndex,
} from "@/lib/testing/chain-truth";
import { startTestDevnet } from "@/lib/testing/devnet";
import { devnetIndex, devnetSources, untilCurrent } from "@/lib/testing/devnet-index";
import { createFoldTable, foldProjection } from "@/lib/testing/fold-projection";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { startLyingNode } from "@/lib/testing/lying-node";
import { randomSource } from "@/lib/testing/random-source";
import { rpc } from "../../scripts/devnet/rpc";
import { indexOnce } from "./index-once";
import type { ChainIndex, IndexedNetwork } from "./open-index";
import type { Projection } from "./projection";
import { readIndex } from "./read-index";
import { listSubjectLogs } from "./subject-logs";

const random = randomSource(4);
const ledger = ledgerForFile(6);
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let activity: Awaited<ReturnType<typeof chainActivity>>;

beforeAll(async () => {
  devnet = await startTestDevnet();
  activity = await chainActivity(devnet.rpcUrl, random, devnet.fund);
  await createFoldTable(ledger.db);
}, 120_000);
afterAll(() => devnet?.stop());
beforeEach(() => ledger.db.query("truncate chain_cursor, chain_block, chain_log, test_fold"));

const fold = foldProjection(devnetSources);
/** A chain that is nobody's toy, played by the same node. */
const real: Partial<IndexedNetwork> = { chainId: 84_532 };

function open(options: Partial<Parameters<typeof devnetIndex>[0]> = {}): ChainIndex {
  return devnetIndex({ urls: [devnet.rpcUrl], db: ledger.db, projections: [fold], ...options });
}

async function expectTruth(): Promise<void> {
  const client = honestClient(devnet.rpcUrl);
  expect(await eventsOfIndex(ledger.db)).toEqual(await eventsOfChain(client));
  expect(await stateOfIndex(ledger.db)).toEqual(await stateOfChain(client, activity.accounts));
}

async function tables() {
  const { rows } = await ledger.db.query(
    `select (select jsonb_agg(c order by number) from chain_block c) as blocks,
            (select jsonb_agg(l order by block_number, log_index) from chain_log l) as logs,
            (select jsonb_agg(f order by subject) from test_fold f) as fold,
            (select jsonb_agg(to_jsonb(k) - 'error' - 'checked_ms' order by chain_id) from chain_cursor k) as cursor`,
  );
  return rows[0];
}

const mine = async (blocks: number, calls = 1) => {
  for (let block = 0; block < blocks; block += 1) await activity.mineBlock(calls);
};
const headNumber = async () => Number(await rpc(devnet.rpcUrl, "eth_blockNumber"));

describe("one step", () => {
  test("a step takes no more blocks near the head than it is told", async () => {
    await untilCurrent(open());
    const before = await headNumber();
    await mine(7);
    const index = open();
    expect(await indexOnce(index, { limit: 3 })).toEqual({ state: "more", fault: null });
    expect((await readIndex(ledger.db, DEVNET.chainId))?.number).toBe(BigInt(before + 3));
    await untilCurrent(index);
    await expectTruth();
  });
});

describe("many at once", () => {
  test("two indexers side by side write each step once, in order, while the chain moves and turns back", async () => {
    await ledger.db.query(
      "create table if not exists test_once (block bigint, at int, primary key (block, at))",
    );
    await ledger.db.query("truncate test_once");
    // No "on conflict", and a row must be there to be deleted: what is done twice or out of order fails.
    const once: Projection = {
      name: "once-1",
      sources: devnetSources,
      async apply(db, { removed, added }) {
        for (const { blockNumber, logIndex } of removed) {
          const gone = await db.query("delete from test_once where block = $1 and at = $2", [
            blockNumber,
            logIndex,
          ]);
          expect(gone.rowCount).toBe(1);
        }
        for (const { blockNumber, logIndex } of added)
          await db.query("insert into test_once values ($1, $2)", [blockNumber, logIndex]);
      },
    };
    const seen: Record<string, number> = {};
    let busy = true;
    const follow = async () => {
      const index = open({ projections: [fold, once] });
      while (busy) {
        const { state } = await indexOnce(index, { limit: 2 });
        seen[state] = (seen[state] ?? 0) + 1;
      }
    };
    const followers = [follow(), follow(), follow()];
    for (let round = 0; round < 15; round += 1) {
      await mine(2, 3);
      await activity.reorganise(1 + (round % 4), 3);
    }
    busy = false;
    await Promise.all(followers);
    await untilCurrent(open({ projections: [fold, once] }));
    await expectTruth();
    const { rows } = await ledger.db.query(
      "select (select count(*) from test_once)::int as once, (select count(*) from chain_log)::int as logs",
    );
    expect(rows[0].once).toBe(rows[0].logs);
    expect(seen.overtaken).toBeGreaterThan(0);
  });

  test("a step whose connection is killed in its middle leaves nothing behind, and the next one does it all", async () => {
    await untilCurrent(open());
    await mine(3, 4);
    const before = await tables();
    const killed: Projection = {
      ...fold,
      async apply(db) {
        await db.query("select pg_terminate_backend(pg_backend_pid())");
      },
    };
    await expect(indexOnce(open({ projections: [killed] }))).rejects.toThrow(/terminat/);
    expect(await tables()).toEqual(before);
    expect((await readIndex(ledger.db, DEVNET.chainId))?.error).toBe("broken");
    await untilCurrent(open());
    await expectTruth();
  });
});

describe("a devnet is a toy", () => {
  test("turned back to fewer blocks, the index forgets what is no more", async () => {
    const snapshot = await rpc(devnet.rpcUrl, "evm_snapshot");
    await mine(5, 3);
    await untilCurrent(open());
    const high = await headNumber();
    await rpc(devnet.rpcUrl, "evm_revert", [snapshot]);
    expect(await headNumber()).toBe(high - 5);
    await untilCurrent(open());
    await expectTruth();
    expect((await readIndex(ledger.db, DEVNET.chainId))?.number).toBe(BigInt(high - 5));
  });

  test("reset, it is another chain: the index begins anew", async () => {
    await mine(3, 3);
    await untilCurrent(open());
    const other = await startTestDevnet();
    try {
      await untilCurrent(open({ urls: [other.rpcUrl] }));
      expect(await eventsOfIndex(ledger.db)).toEqual(await eventsOfChain(honestClient(other.rpcUrl)));
      expect(await stateOfIndex(ledger.db)).toEqual({});
    } finally {
      await other.stop();
    }
  });
});

describe("what cannot be believed is not written", () => {
  test("a node of a real chain that has forgotten blocks", async () => {
    const snapshot = await rpc(devnet.rpcUrl, "evm_snapshot");
    await mine(4, 2);
    const index = open({ network: real });
    await untilCurrent(index);
    const before = await tables();
    await rpc(devnet.rpcUrl, "evm_revert", [snapshot]);
    expect(await indexOnce(index)).toEqual({ state: "stale", fault: "behind" });
    expect(await tables()).toEqual(before);
    expect((await readIndex(ledger.db, 84_532))?.error).toBe("behind");

    await mine(6, 2); // It is back, with another history.
    await untilCurrent(index);
    await expectTruth();
    expect((await readIndex(ledger.db, 84_532))?.error).toBeNull();
  });

  test("two nodes that tell different chains, until one gives in", async () => {
    const other = await startTestDevnet();
    try {
      await rpc(other.rpcUrl, "anvil_mine", ["0x400"]);
      const both = open({ network: { ...real, confirmations: 1 }, urls: [devnet.rpcUrl, other.rpcUrl] });
      expect(await indexOnce(both)).toEqual({ state: "stale", fault: "disagree" });
      expect(await tables()).toMatchObject({ blocks: null, logs: null, fold: null });
      await untilCurrent(open({ network: { ...real, confirmations: 1 } }));
      await expectTruth();
    } finally {
      await other.stop();
    }
  });

  test("a node that stands still while the clock goes on", async () => {
    const index = open({ network: real });
    await untilCurrent(index);
    const before = await readIndex(ledger.db, 84_532);
    const { rows } = await ledger.db.query("select clock_ms() as now");
    const behindMs = Number(rows[0].now) - Number(before?.atMs);
    // Chain time runs ahead of the clock here: seven seconds a block.
    expect(behindMs).toBeLessThan(60_000);
    const late = open({ network: { ...real, blockMs: 2_000 } });
    await ledger.db.query("alter function clock_ms() rename to real_clock_ms");
    await ledger.db.query(
      "create function clock_ms() returns bigint language sql volatile as 'select $1' ".replace(
        "$1",
        String(Number(before?.atMs) + 60_001),
      ),
    );
    try {
      expect(await indexOnce(late)).toEqual({ state: "stale", fault: "late" });
    } finally {
      await ledger.db.query("drop function clock_ms()");
      await ledger.db.query("alter function real_clock_ms() rename to clock_ms");
    }
    expect(await indexOnce(late)).toEqual({ state: "current", fault: null });
  });

  test("nothing at all: the second node takes over, and with none the index says that it is stale", async () => {
    await mine(2, 2);
    const away = "http://127.0.0.1:9";
    await untilCurrent(open({ urls: [away, devnet.rpcUrl] }));
    await expectTruth();
    expect(await indexOnce(open({ urls: [away] }))).toEqual({ state: "stale", fault: "silent" });
    const state = await readIndex(ledger.db, DEVNET.chainId);
    expect(state?.error).toBe("silent");
  });
});

describe("other settings", () => {
  test("another set of contracts makes the index anew, once; the process with the old ones stops writing", async () => {
    const old = open();
    await untilCurrent(old);
    const updated = open({ projections: [{ ...fold, name: "test-fold-2" }] });
    expect(await indexOnce(updated)).toEqual({ state: "more", fault: null });
    expect(await tables()).toMatchObject({ blocks: null, logs: null, fold: null });
    expect(await indexOnce(old)).toEqual({ state: "stale", fault: "superseded" });
    await untilCurrent(updated);
    await expectTruth();
    expect(await indexOnce(old)).toEqual({ state: "stale", fault: "superseded" });
  });
});

describe("what projections are told", () => {
  test("logs are added, and confirmed three blocks later; what is taken back is neither", async () => {
    const told: Record<"added" | "removed" | "confirmed", string[]> = {
      added: [],
      removed: [],
      confirmed: [],
    };
    const listener: Projection = {
      name: "listener-1",
      sources: devnetSources,
      async apply(_db, change) {
        for (const kind of ["added", "removed", "confirmed"] as const)
          told[kind].push(...change[kind].map(({ blockNumber, event }) => `${blockNumber} ${event}`));
        expect(change.confirmed.every(({ blockNumber }) => blockNumber <= change.confirmedTo)).toBe(true);
      },
    };
    const index = open({ projections: [listener] });
    await rpc(devnet.rpcUrl, "anvil_mine", ["0x3"]);
    await untilCurrent(index);
    for (const list of Object.values(told)) list.length = 0;

    await rpc(devnet.rpcUrl, "eth_sendTransaction", [activity.transferToEscrow(7n)]);
    await rpc(devnet.rpcUrl, "evm_mine");
    await untilCurrent(index);
    const first = await headNumber();
    expect(told).toEqual({ added: [`${first} Transfer`], removed: [], confirmed: [] });
    await rpc(devnet.rpcUrl, "anvil_reorg", [1, []]);
    await untilCurrent(index);
    expect(told.removed).toEqual([`${first} Transfer`]);

    await rpc(devnet.rpcUrl, "eth_sendTransaction", [activity.transferToEscrow(8n)]);
    for (let block = 0; block < 2; block += 1) {
      await rpc(devnet.rpcUrl, "evm_mine");
      await untilCurrent(index);
    }
    expect(told.confirmed).toEqual([]);
    await rpc(devnet.rpcUrl, "evm_mine");
    await untilCurrent(index);
    expect(told.confirmed).toEqual([`${first + 1} Transfer`]);

    const account = `account:${DEVNET.streamPay.toLowerCase()}`;
    const logs = await listSubjectLogs(ledger.db, DEVNET.chainId, [account, "account:0x0"]);
    expect(logs.get(account)?.at(-1)).toMatchObject({ event: "Transfer", args: { value: "8" } });
    expect(logs.get("account:0x0")).toEqual([]);
  });
});

test("a log is never changed", async () => {
  await untilCurrent(open());
  await expect(ledger.db.query("update chain_log set event = 'Other'")).rejects.toThrow("never changed");
});

// Last: on the long chain that these leave behind, every index takes long.
describe("long chains", () => {
  test("an index that begins late reads in stretches, goes on where a killed one stopped, and keeps few blocks", async () => {
    await mine(10, 3);
    await rpc(devnet.rpcUrl, "anvil_mine", ["0x140"]);
    await mine(10, 3);
    const stingy = await startLyingNode(devnet.rpcUrl, random, { lies: [], rate: 0, widest: 12 });
    const states: string[] = [];
    for (let step = 0; step < 60 && states.at(-1) !== "current"; step += 1)
      states.push((await indexOnce(open({ urls: [stingy.url] }))).state); // Each step by a new process.
    await stingy.stop();
    expect(states.at(-1)).toBe("current");
    expect(states.filter((state) => state === "more").length).toBeGreaterThan(2);
    await expectTruth();

    const head = await headNumber();
    const { rows } = await ledger.db.query(
      "select count(*) filter (where number > $1)::int as near, count(*) filter (where number <= $1 and not checkpoint)::int as old from chain_block",
      [head - 256],
    );
    expect(rows).toEqual([{ near: 256, old: 0 }]);
    expect(await readIndex(ledger.db, DEVNET.chainId)).toMatchObject({
      number: BigInt(head),
      headNumber: BigInt(head),
      confirmedNumber: BigInt(head - 2),
      error: null,
    });
  });

  test("a reorganisation of a real chain that is deeper than the index remembers", async () => {
    const snapshot = await rpc(devnet.rpcUrl, "evm_snapshot");
    await rpc(devnet.rpcUrl, "anvil_mine", ["0x101"]);
    const index = open({ network: real });
    await untilCurrent(index);
    const before = await tables();
    await rpc(devnet.rpcUrl, "evm_revert", [snapshot]);
    await mine(1, 2);
    await rpc(devnet.rpcUrl, "anvil_mine", ["0x101"]);
    expect(await indexOnce(index)).toEqual({ state: "stale", fault: "too-deep" });
    expect(await tables()).toEqual(before);
  });
});
