import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainActivity } from "@/lib/testing/chain-activity";
import { startTestDevnet } from "@/lib/testing/devnet";
import { devnetIndex, devnetSources, untilCurrent } from "@/lib/testing/devnet-index";
import { createFoldTable, foldProjection } from "@/lib/testing/fold-projection";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { randomSource } from "@/lib/testing/random-source";
import { rpc } from "../../scripts/devnet/rpc";
import { readIndex } from "./read-index";
import { startIndexLoop } from "./run-index";

/** More, and the figures: LAG_BLOCKS=30 npx vitest run --project int lib/indexer/index-lag. */
const BLOCKS = Number(process.env.LAG_BLOCKS ?? 4);
const EVENTS = 100;
const BLOCK_MS = 1_000;

const ledger = ledgerForFile();
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
beforeAll(async () => {
  devnet = await startTestDevnet();
}, 120_000);
afterAll(() => devnet?.stop());

test("a hundred events a block are all there, as they come", { timeout: 120_000 }, async () => {
  const { db } = ledger;
  await createFoldTable(db);
  const activity = await chainActivity(devnet.rpcUrl, randomSource(1), devnet.fund);
  const projections = [foldProjection(devnetSources)];
  const index = devnetIndex({ urls: [devnet.rpcUrl], db, projections, network: { confirmations: 1 } });
  await untilCurrent(index);
  const stop = startIndexLoop(index);
  const lags: { seenMs: number; confirmedMs: number }[] = [];
  for (let block = 0; block < BLOCKS; block += 1) {
    const began = performance.now();
    for (let call = 0; call < EVENTS; call += 1)
      await rpc(devnet.rpcUrl, "eth_sendTransaction", [activity.createStream()]);
    await rpc(devnet.rpcUrl, "evm_mine");
    lags.push(await lagOf(BigInt(await rpc<string>(devnet.rpcUrl, "eth_blockNumber"))));
    await sleep(Math.max(0, BLOCK_MS - (performance.now() - began)));
  }
  await stop();
  const { rows } = await db.query<{ n: number }>(
    "select count(*)::int as n from chain_log where event = 'StreamCreated' group by block_number having count(*) > 1",
  );
  expect(rows).toEqual(Array.from({ length: BLOCKS }, () => ({ n: EVENTS })));
  if (process.env.LAG_BLOCKS)
    console.log(`seen and confirmed after, in ms: ${JSON.stringify(summary(lags))}`);
});

/** From now, when the block is mined, to the commit of its rows; the database is looked at every 5 ms. */
async function lagOf(number: bigint) {
  const began = performance.now();
  let seenMs = 0;
  for (;;) {
    const state = await readIndex(ledger.db, DEVNET.chainId);
    const now = performance.now() - began;
    if (state && state.number >= number) seenMs ||= now;
    if (state && state.confirmedNumber >= number) return { seenMs, confirmedMs: now };
    if (now > 30_000) throw new Error(`Block ${number} does not come.`);
    await sleep(5);
  }
}

function summary(lags: readonly { seenMs: number; confirmedMs: number }[]) {
  const of = (name: "seenMs" | "confirmedMs") => {
    const sorted = lags.map((lag) => Math.round(lag[name])).sort((a, b) => a - b);
    return { median: sorted[Math.floor(sorted.length / 2)], most: sorted.at(-1) };
  };
  return { seen: of("seenMs"), confirmed: of("confirmedMs") };
}
