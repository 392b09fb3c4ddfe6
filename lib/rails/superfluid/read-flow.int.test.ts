import { type Address, createPublicClient, getAddress, http } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import { chainReader } from "@/lib/indexer/chain-reader";
import { indexOnce } from "@/lib/indexer/index-once";
import { type ChainIndex, openIndex } from "@/lib/indexer/open-index";
import { startTestDevnet } from "@/lib/testing/devnet";
import { listProvider } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { sendCalls } from "@/lib/testing/send-calls";
import { storeAssets } from "../chain-assets";
import type { ChainPlace } from "../chain-place";
import { chainProjections } from "../chain-projections";
import { readFlow } from "./read-flow";
import { openCalls, type SuperfluidPlace } from "./superfluid-calls";

const ledger = ledgerForFile();
const DAY = 11_574_074_074_074n;
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let place: ChainPlace;
let index: ChainIndex;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const found = findNetwork(31_337);
  if (!found) throw new Error("The table has no devnet.");
  // As on a real network: what is new is not confirmed for some blocks.
  const network = { ...found, confirmations: 5 };
  const transport = http(devnet.rpcUrl, { retryCount: 0 });
  const client = createPublicClient({ chain: foundry, transport }) as ChainClient;
  const contracts = { streamPay: null, computeRegistry: null, sessionOperator: null };
  place = { network, contracts, client: async () => client, db: () => ledger.db };
  await storeAssets(ledger.db, network);
  index = openIndex({
    network,
    readers: [chainReader(client)],
    projections: chainProjections(place, place.client),
    db: ledger.db,
  });
});
afterAll(() => devnet?.stop());

async function catchUp(): Promise<void> {
  for (let step = 0; step < 50; step += 1) if ((await indexOnce(index)).state === "current") return;
  throw new Error("The index does not catch up.");
}

async function tagOf(providerId: string): Promise<bigint> {
  const { rows } = await ledger.db.query("select provider_tag($1)::text as tag", [providerId]);
  return BigInt(rows[0].tag);
}

test("a plan that is not confirmed yet stands in the table, so that the next change does not drop it", async () => {
  const { host, cfa, cfaV1Forwarder: cfaForwarder, usdcx } = devnet.addresses;
  const token = { address: usdcx, symbol: "USDCx", decimals: 18 };
  const at: SuperfluidPlace = { host, cfa, cfaForwarder, token, underlying: null };
  const [sender] = await devnet.chain.getAddresses();
  if (!sender) throw new Error("Anvil has no accounts.");
  await devnet.fund(sender);
  const first = await listProvider(ledger.db);
  const second = await listProvider(ledger.db, { owner: first.owner });
  const receiver = getAddress(first.owner) as Address;
  const read = () => readFlow(place, { cfaForwarder, token: usdcx, sender, receiver });
  const noWrap = { amount: 0n, allowance: 0n };
  await catchUp();
  expect((await read()).flow).toEqual({ sender, receiver, rate: 0n, table: [] });

  const one = { tag: await tagOf(first.id), rate: DAY };
  await sendCalls(devnet, sender, openCalls(at, (await read()).flow, one, noWrap));
  await expect(read()).rejects.toMatchObject({ code: "unavailable" });
  await catchUp();
  const streams = () =>
    ledger.db.query("select status from stream where sender = $1", [sender.toLowerCase()]);
  expect((await streams()).rows).toEqual([]); // Nothing counts before it is confirmed.
  expect((await read()).flow).toEqual({ sender, receiver, rate: DAY, table: [one] });

  const two = { tag: await tagOf(second.id), rate: 2n * DAY };
  await sendCalls(devnet, sender, openCalls(at, (await read()).flow, two, noWrap));
  await devnet.chain.mine({ blocks: 5 });
  await catchUp();
  expect((await read()).flow).toEqual({ sender, receiver, rate: 3n * DAY, table: [one, two] });
  expect((await streams()).rows).toEqual([{ status: "active" }, { status: "active" }]);
});
