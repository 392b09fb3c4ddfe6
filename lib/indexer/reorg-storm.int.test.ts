import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
import { type Lie, startLyingNode } from "@/lib/testing/lying-node";
import { randomSource } from "@/lib/testing/random-source";
import { scratchDatabase } from "@/lib/testing/scratch-database";
import { indexOnce } from "./index-once";
import type { ChainIndex } from "./open-index";

/** 200 in the long run, which also says what happened: REORGS=200 npx vitest run --project int lib/indexer/reorg-storm. */
const REORGS = Number(process.env.REORGS ?? 40);
const DEEPEST = 12;

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
}, 120_000);
afterAll(() => devnet?.stop());

/** Fails at one of its next statements, as if the process had been killed there. */
function dyingDb(db: ChainIndex["db"], after: number): ChainIndex["db"] {
  let left = after;
  return {
    query: db.query.bind(db),
    async connect() {
      const client = await db.connect();
      const query = client.query.bind(client);
      return new Proxy(client, {
        get(target, name) {
          if (name !== "query") return Reflect.get(target, name, target);
          return (...args: unknown[]) => {
            left -= 1;
            // The socket goes, in the middle of whatever was said: the server notices and undoes it.
            if (left < 0)
              (
                target as unknown as { connection: { stream: { destroy(): void } } }
              ).connection.stream.destroy();
            return (query as (...all: unknown[]) => unknown)(...args);
          };
        },
      });
    },
  } as ChainIndex["db"];
}

const ALL: readonly Lie[] = [
  ...(["oldHead", "dropLog", "noLogs", "foreignHash", "inventLog"] as const),
  ...(["noBlock", "serverError", "garbage", "tooMuch", "silence"] as const),
];

describe("a storm of reorganisations", () => {
  test.each([
    { what: "a liar, checked by an honest node", second: true, rate: 0.1, lies: ALL },
    {
      what: "a node alone that lies about everything but the events of a block",
      second: false,
      rate: 0.015,
      lies: ALL.filter((lie) => lie !== "dropLog" && lie !== "noLogs" && lie !== "inventLog"),
    },
  ])("ends with exactly what the chain says: $what", { timeout: 600_000 }, async ({ second, rate, lies }) => {
    const seed = Number(process.env.SEED ?? Date.now() % 100_000);
    const random = randomSource(seed);
    const { db, stop } = await scratchDatabase(4);
    db.on("error", () => {}); // Connections that the test cuts.
    const liar = await startLyingNode(devnet.rpcUrl, random, { lies, rate });
    try {
      await createFoldTable(db);
      const activity = await chainActivity(devnet.rpcUrl, random, devnet.fund);
      const urls = [liar.url, ...(second ? [devnet.rpcUrl] : [])];
      const projections = [foldProjection(devnetSources)];
      const open = (connections: ChainIndex["db"] = db) =>
        devnetIndex({ urls, projections, db: connections, timeoutMs: 250 });

      let index = open();
      const states: Record<string, number> = {};
      const depths = new Set<number>();
      const passes = async (count: number) => {
        for (let pass = 0; pass < count; pass += 1) {
          const { state, fault } = await indexOnce(index);
          states[fault ?? state] = (states[fault ?? state] ?? 0) + 1;
        }
      };
      for (let number = 0; number < REORGS; number += 1) {
        for (let block = 1 + random.below(5); block > 0; block -= 1)
          await activity.mineBlock(random.below(5));
        await passes(random.below(4));
        const depth = 1 + (number % DEEPEST);
        depths.add(depth);
        await Promise.all([activity.reorganise(depth, random.below(2 * depth)), passes(random.below(3))]);
        if (random.below(6) === 0) {
          index = open(dyingDb(db, random.below(8)));
          await passes(3).catch(() => {});
          index = open();
        }
      }

      liar.options.rate = 0;
      expect(await untilCurrent(index)).toEqual({ state: "current", fault: null });

      const client = honestClient(devnet.rpcUrl);
      const events = await eventsOfChain(client);
      expect(await eventsOfIndex(db), `seed ${seed}`).toEqual(events);
      expect(await stateOfIndex(db)).toEqual(await stateOfChain(client, activity.accounts));
      if (process.env.REORGS) console.log(JSON.stringify({ events: events.length, states, told: liar.told }));
      expect(events.length).toBeGreaterThan(10);
      expect(Object.keys(liar.told).length).toBeGreaterThan(2);
      expect(depths.size).toBe(Math.min(REORGS, DEEPEST));
    } finally {
      await liar.stop();
      await stop();
    }
  });
});
