/** Flows that agents set by sessions of SessionOperator, on a real chain: which listing of their receiver they pay for. */
import { type Address, createPublicClient, encodeFunctionData, http } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import { chainReader } from "@/lib/indexer/chain-reader";
import { indexOnce } from "@/lib/indexer/index-once";
import { type ChainIndex, openIndex } from "@/lib/indexer/open-index";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { startTestDevnet } from "@/lib/testing/devnet";
import { authorise, complete, listProvider, someAddress, someCall } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { storeAssets } from "../chain-assets";
import { chainProjections } from "../chain-projections";
import { findUnnamedFlow } from "./find-unnamed-flow";

const ledger = ledgerForFile();
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let index: ChainIndex;
let agent: Address;

const DAY_MS = 86_400_000n;
/** A dollar a day, and seven: base units a second, rounded down. */
const [ONE, SEVEN] = [11_574_074_074_074n, 81_018_518_518_518n];

beforeAll(async () => {
  devnet = await startTestDevnet();
  const network = findNetwork(31_337);
  if (!network) throw new Error("The table has no devnet.");
  const client = createPublicClient({
    ...{ chain: foundry, transport: http(devnet.rpcUrl, { retryCount: 0 }) },
    batch: { multicall: { deployless: true } },
  }) as ChainClient;
  const { sessionOperator } = devnet.addresses;
  const place = { network, contracts: { streamPay: null, computeRegistry: null, sessionOperator } };
  await storeAssets(ledger.db, network);
  index = openIndex({
    network: { ...network, startBlock: devnet.addresses.startBlock },
    readers: [chainReader(client)],
    projections: chainProjections(place, async () => client),
    db: ledger.db,
  });
  agent = await someWallet();
});
afterAll(() => devnet?.stop());

async function someWallet(): Promise<Address> {
  const wallet = someAddress() as Address;
  await devnet.fund(wallet);
  await devnet.chain.impersonateAccount({ address: wallet });
  return wallet;
}

async function send(account: Address, to: Address, data: `0x${string}`): Promise<void> {
  const hash = await devnet.chain.sendTransaction({ account, to, data, gas: 1_500_000n, chain: foundry });
  const { status } = await devnet.chain.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`Reverted: ${hash}`);
}

async function catchUp(): Promise<void> {
  for (let step = 0; step < 50; step += 1) {
    const { state, fault } = await indexOnce(index);
    if (state === "current") return;
    if (state === "stale") throw new Error(`The index is stale: ${fault}.`);
  }
  throw new Error("The index does not catch up.");
}

/** A person who has opened a session of the agent to one receiver. @returns what the agent can do with it */
async function grant(receiver: Address) {
  const person = await someWallet();
  const { sessionOperator, cfaV1Forwarder, usdcx } = devnet.addresses;
  const permission = { abi: cfaV1ForwarderAbi, functionName: "grantPermissions" } as const;
  await send(person, cfaV1Forwarder, encodeFunctionData({ ...permission, args: [usdcx, sessionOperator] }));
  const { timestamp } = await devnet.chain.getBlock();
  const terms = {
    ...{ agent, token: usdcx, budget: 10n ** 21n, rateCap: 10n ** 16n, rateCapEach: 10n ** 16n },
    expiry: timestamp + 86_400n,
  };
  const of = { abi: sessionOperatorAbi, address: sessionOperator } as const;
  const opening = encodeFunctionData({ ...of, functionName: "openSession", args: [terms, [receiver]] });
  await send(person, sessionOperator, opening);
  const id = await devnet.chain.readContract({ ...of, functionName: "getSessionCount" });
  return {
    person,
    async setFlow(rate: bigint): Promise<void> {
      const until = timestamp + 3_600n;
      const args = [id, receiver, rate, until] as const;
      await send(agent, sessionOperator, encodeFunctionData({ ...of, functionName: "setFlow", args }));
      await catchUp();
    },
  };
}

/** What a person's proof is answered at a listing, at any price. */
async function call(person: Address, providerId: string): Promise<string> {
  const { tier: _any, ...asked } = someCall({ providerId, payer: person.toLowerCase() });
  const decision = await authorise(ledger.db, asked);
  if (decision.outcome === "authorised") await complete(ledger.db, asked.requestId);
  return decision.outcome === "denied" ? decision.code : decision.outcome;
}

const unnamed = (sender: Address, receiver: string) =>
  findUnnamedFlow(ledger.db, { chainId: 31_337, token: devnet.addresses.usdcx, sender, receiver });

const DEARER = {
  basic: { rate: { amount: 7n * 10n ** 18n, periodMs: DAY_MS } },
  professional: { rate: { amount: 70n * 10n ** 18n, periodMs: DAY_MS } },
  enterprise: { rate: { amount: 700n * 10n ** 18n, periodMs: DAY_MS } },
};

test("two listings of one receiver: a session's flow pays for the one that has its price, and for the other once it is closed and opened at the other's", async () => {
  const cheap = await listProvider(ledger.db);
  const dear = await listProvider(ledger.db, { owner: cheap.owner, tiers: DEARER });
  const receiver = cheap.owner as Address;
  const [one, seven] = [await grant(receiver), await grant(receiver)];
  await one.setFlow(ONE);
  await seven.setFlow(SEVEN);
  expect([await call(one.person, cheap.id), await call(one.person, dear.id)]).toEqual([
    "authorised",
    "stream/not-found",
  ]);
  expect([await call(seven.person, cheap.id), await call(seven.person, dear.id)]).toEqual([
    "stream/not-found",
    "authorised",
  ]);
  expect(await unnamed(one.person, receiver)).toBeNull();

  // A flow that runs stays with what it was opened for, at whatever rate.
  await one.setFlow(SEVEN);
  expect([await call(one.person, cheap.id), await call(one.person, dear.id)]).toEqual([
    "authorised",
    "stream/not-found",
  ]);
  await one.setFlow(0n);
  expect(await call(one.person, cheap.id)).toBe("stream/terminated");
  await one.setFlow(SEVEN);
  expect([await call(one.person, cheap.id), await call(one.person, dear.id)]).toEqual([
    "stream/terminated",
    "authorised",
  ]);
  expect(await runInvariants(ledger.db)).toEqual([]);
});

test("two listings of one receiver with the same price: a session's flow pays for neither, and that is known; what was opened before stays", async () => {
  const first = await listProvider(ledger.db);
  const receiver = first.owner as Address;
  const [before, after] = [await grant(receiver), await grant(receiver)];
  await before.setFlow(ONE);
  const second = await listProvider(ledger.db, { owner: first.owner });
  await after.setFlow(ONE);
  expect([await call(after.person, first.id), await call(after.person, second.id)]).toEqual([
    "stream/not-found",
    "stream/not-found",
  ]);
  expect(await unnamed(after.person, receiver)).toBe(ONE);
  await before.setFlow(2n * ONE); // Folded again, now that there are two.
  expect([await call(before.person, first.id), await call(before.person, second.id)]).toEqual([
    "authorised",
    "stream/not-found",
  ]);
  expect(await unnamed(before.person, receiver)).toBeNull();
  await after.setFlow(0n);
  expect(await unnamed(after.person, receiver)).toBeNull();
  // A price that nobody has is no guess either.
  await after.setFlow(SEVEN);
  expect(await call(after.person, first.id)).toBe("stream/not-found");
  expect(await unnamed(after.person, receiver)).toBe(SEVEN);
  expect(await runInvariants(ledger.db)).toEqual([]);
});
