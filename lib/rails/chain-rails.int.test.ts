import { randomBytes } from "node:crypto";
import { type Address, createPublicClient, encodeFunctionData, http, parseUnits } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaAbi, cfaV1ForwarderAbi, hostAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { findNetwork } from "@/lib/chain/networks";
import type { ChainClient } from "@/lib/chain/public-client";
import type { Queryable } from "@/lib/db/pool";
import { chainReader } from "@/lib/indexer/chain-reader";
import { indexOnce } from "@/lib/indexer/index-once";
import { type ChainIndex, openIndex } from "@/lib/indexer/open-index";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { authorizePlainRequests } from "@/lib/streams/authorize-plain-requests";
import { startTestDevnet } from "@/lib/testing/devnet";
import { authorise, complete, listProvider, someAddress, someCall } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { setLedgerAhead } from "../../scripts/devnet/ledger-clock";
import { storeAssets } from "./chain-assets";
import { chainProjections } from "./chain-projections";
import { checkChain } from "./check/check-chain";
import { encodeFlowTable } from "./superfluid/flow-table";
import { refreshBalances } from "./superfluid/refresh-balances";

const ledger = ledgerForFile();
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let index: ChainIndex;
let client: ChainClient;
let place: Parameters<typeof chainProjections>[0];

beforeAll(async () => {
  devnet = await startTestDevnet();
  const network = findNetwork(31_337);
  if (!network) throw new Error("The table has no devnet.");
  const transport = http(devnet.rpcUrl, { retryCount: 0 });
  client = createPublicClient({
    chain: foundry,
    transport,
    batch: { multicall: { deployless: true } },
  }) as ChainClient;
  place = {
    network,
    contracts: { streamPay: devnet.addresses.streamPay, computeRegistry: null, sessionOperator: null },
  };
  await storeAssets(ledger.db, network);
  index = openIndex({
    network: { ...network, startBlock: devnet.addresses.startBlock },
    readers: [chainReader(client)],
    projections: chainProjections(place, async () => client),
    db: ledger.db,
  });
});
afterAll(() => devnet?.stop());

async function catchUp(): Promise<void> {
  for (let step = 0; step < 50; step += 1) {
    const { state, fault } = await indexOnce(index);
    if (state === "current") return;
    if (state === "stale") throw new Error(`The index is stale: ${fault}.`);
  }
  throw new Error("The index does not catch up.");
}

let aheadSeconds = 0;
/** Moves the chain and the ledger together, as devnet:time does. */
async function travel(seconds: number): Promise<void> {
  aheadSeconds += seconds;
  await devnet.chain.increaseTime({ seconds });
  await devnet.chain.mine({ blocks: 1 });
  const connection = await ledger.db.connect();
  await setLedgerAhead(connection, BigInt(aheadSeconds) * 1_000n);
  connection.release();
  await catchUp();
}

/** A wallet of the test's own, with money of every kind. */
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

async function listing(db: Queryable) {
  const provider = await listProvider(db);
  const { rows } = await db.query<{ tag: string }>("select provider_tag($1)::text as tag", [provider.id]);
  return { ...provider, tag: BigInt(rows[0]?.tag ?? 0) };
}

async function streamOf(sender: Address, providerId: string) {
  const { rows } = await ledger.db.query(
    "select * from stream where sender = $1 and provider_id = $2 order by opened_ms desc, id",
    [sender.toLowerCase(), providerId],
  );
  return rows;
}

async function call(sender: Address, providerId: string) {
  const asked = someCall({ providerId, payer: sender.toLowerCase(), tier: "basic" });
  const decision = await authorise(ledger.db, asked);
  if (decision.outcome === "authorised") await complete(ledger.db, asked.requestId);
  return decision;
}

describe("a stream of StreamPay on a real chain", () => {
  test("authorises calls from the block after it was opened, follows its top-up, and is settled to the unit by its close", async () => {
    const provider = await listing(ledger.db);
    const sender = await someWallet();
    const { usdc, streamPay } = devnet.addresses;
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "denied", code: "stream/not-found" });

    const approve = encodeFunctionData({
      abi: testUsdcAbi,
      functionName: "approve",
      args: [streamPay, 10n ** 12n],
    });
    await send(sender, usdc, approve);
    const terms = {
      token: usdc,
      amount: parseUnits("1", 6),
      recipient: provider.owner as Address,
      duration: 86_400n,
      streamType: 0,
      providerId: provider.tag,
    };
    const { result: id, request } = await devnet.chain.simulateContract({
      account: sender,
      address: streamPay,
      abi: streamPayAbi,
      functionName: "createTokenStream",
      args: [terms],
    });
    await devnet.chain.writeContract(request);
    await catchUp();
    expect(await streamOf(sender, provider.id)).toMatchObject([
      { rail: "streampay", status: "active", tier: "basic", funded: "1000000", unit_worth: "1000000000000" },
    ]);
    expect(await call(sender, provider.id)).toMatchObject({
      outcome: "authorised",
      payer: sender.toLowerCase(),
    });

    const topUp = encodeFunctionData({ abi: streamPayAbi, functionName: "topUp", args: [id, 500_000n] });
    await send(sender, streamPay, topUp);
    await travel(4 * 3_600);
    await send(
      sender,
      streamPay,
      encodeFunctionData({ abi: streamPayAbi, functionName: "cancelStream", args: [id] }),
    );
    await catchUp();
    const [settled] = await streamOf(sender, provider.id);
    const paid = await devnet.chain.readContract({
      address: usdc,
      abi: testUsdcAbi,
      functionName: "balanceOf",
      args: [provider.owner as Address],
    });
    expect(settled).toMatchObject({
      status: "settled",
      funded: "1500000",
      billed: `${paid}`,
      refunded: `${1_500_000n - paid}`,
    });
    expect(paid >= 166_666n && paid <= 166_800n).toBe(true); // Four hours of a dollar a day.
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "denied", code: "stream/terminated" });
    expect(await runInvariants(ledger.db)).toEqual([]);
  });

  test("is balanced at a block, and a row that somebody changed is named with the difference", async () => {
    const { db } = ledger;
    const provider = await listing(db);
    const sender = await someWallet();
    const { usdc, streamPay } = devnet.addresses;
    const amount = parseUnits("1", 6);
    await send(
      sender,
      usdc,
      encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [streamPay, amount] }),
    );
    const terms = {
      ...{ token: usdc, amount, recipient: provider.owner as Address },
      ...{ duration: 86_400n, streamType: 0, providerId: provider.tag },
    };
    await send(
      sender,
      streamPay,
      encodeFunctionData({ abi: streamPayAbi, functionName: "createTokenStream", args: [terms] }),
    );
    await catchUp();
    expect((await checkChain(db, client, place)).faulty).toBe(0);
    const [stream] = await streamOf(sender, provider.id);
    const checkOf = async () =>
      (await db.query("select block_number, faults from chain_check where stream_id = $1", [stream?.id]))
        .rows[0];
    expect(await checkOf()).toEqual({ block_number: `${await devnet.chain.getBlockNumber()}`, faults: [] });
    const { rows: holdings } = await db.query("select held - owed as spare from chain_asset_check");
    expect(holdings).toEqual([{ spare: "0" }]);

    await db.query("update stream set billed = 7 where id = $1", [stream?.id]);
    expect((await checkChain(db, client, place)).faulty).toBe(1);
    expect(await checkOf()).toMatchObject({ faults: [{ what: "What was paid differs.", difference: "7" }] });
    await db.query("update stream set billed = 0 where id = $1", [stream?.id]);
    expect((await checkChain(db, client, place)).faulty).toBe(0);
  });
});

describe("a Superfluid flow on a real chain", () => {
  test("two listings of one receiver share a flow; calls to both are authorised, and to neither once it is deleted", async () => {
    const { db } = ledger;
    const first = await listing(db);
    const second = { ...(await listProvider(db, { owner: first.owner })), tag: 0n };
    const { rows } = await db.query<{ tag: string }>("select provider_tag($1)::text as tag", [second.id]);
    second.tag = BigInt(rows[0]?.tag ?? 0);
    const sender = await someWallet();
    const { usdcx, cfaV1Forwarder } = devnet.addresses;
    const basic = 10n ** 18n / 86_400n;
    const flow = (
      functionName: "createFlow" | "updateFlow",
      rate: bigint,
      table: readonly { tag: bigint; rate: bigint }[],
    ) =>
      send(
        sender,
        cfaV1Forwarder,
        encodeFunctionData({
          abi: cfaV1ForwarderAbi,
          functionName,
          args: [usdcx, sender, first.owner as Address, rate, encodeFlowTable(table)],
        }),
      );
    await flow("createFlow", basic, [{ tag: first.tag, rate: basic }]);
    await catchUp();
    expect(await call(sender, first.id)).toMatchObject({ outcome: "authorised" });
    expect(await call(sender, second.id)).toMatchObject({ outcome: "denied", code: "stream/not-found" });

    await flow("updateFlow", 11n * basic + 10n, [
      { tag: first.tag, rate: basic },
      { tag: second.tag, rate: 10n * basic + 10n },
    ]);
    await catchUp();
    expect(await streamOf(sender, second.id)).toMatchObject([
      { rail: "superfluid", tier: "professional", status: "active" },
    ]);
    expect(await call(sender, second.id)).toMatchObject({ outcome: "authorised" });
    expect(await runInvariants(db)).toEqual([]);

    const end = encodeFunctionData({
      abi: cfaV1ForwarderAbi,
      functionName: "deleteFlow",
      args: [usdcx, sender, first.owner as Address, "0x"],
    });
    await send(sender, cfaV1Forwarder, end);
    await catchUp();
    for (const provider of [first, second])
      expect(await call(sender, provider.id)).toMatchObject({ outcome: "denied", code: "stream/terminated" });
    expect(await runInvariants(db)).toEqual([]);
  });

  test("opened without a word stays with the listing that it was for, also when its receiver lists another, and is settled by its close", async () => {
    const provider = await listing(ledger.db);
    const sender = await someWallet();
    const { usdcx, cfaV1Forwarder } = devnet.addresses;
    const pair = [usdcx, sender, provider.owner as Address] as const;
    const rate = 10n ** 18n / 86_400n;
    await send(
      sender,
      cfaV1Forwarder,
      encodeFunctionData({ abi: cfaV1ForwarderAbi, functionName: "createFlow", args: [...pair, rate, "0x"] }),
    );
    await catchUp();
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "authorised" });
    const other = await listProvider(ledger.db, { owner: provider.owner });
    await refreshBalances(ledger.db, 31_337, client);
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "authorised" });
    expect(await call(sender, other.id)).toMatchObject({ outcome: "denied", code: "stream/not-found" });

    await send(
      sender,
      cfaV1Forwarder,
      encodeFunctionData({ abi: cfaV1ForwarderAbi, functionName: "deleteFlow", args: [...pair, "0x"] }),
    );
    await catchUp();
    expect(await streamOf(sender, provider.id)).toMatchObject([{ status: "settled", close_cause: "sender" }]);
    expect(await runInvariants(ledger.db)).toEqual([]);
  });

  test("authorises nothing while the index is older than 15 s: neither a proof nor a session, and neither is told to pay", async () => {
    const { db } = ledger;
    const provider = await listing(db);
    const sender = await someWallet();
    const { usdcx, cfaV1Forwarder } = devnet.addresses;
    const args = [usdcx, sender, provider.owner as Address, 10n ** 18n / 86_400n, "0x"] as const;
    await send(
      sender,
      cfaV1Forwarder,
      encodeFunctionData({ abi: cfaV1ForwarderAbi, functionName: "createFlow", args }),
    );
    await catchUp();
    const session = randomBytes(32).toString("hex");
    const proof = someCall({
      ...{ providerId: provider.id, payer: sender.toLowerCase() },
      issueSession: { tokenHash: session, maxMs: 300_000n },
    });
    expect(await authorise(db, proof)).toMatchObject({ outcome: "authorised" });
    await complete(db, proof.requestId);
    const bySession = async () => {
      const plain = {
        ...someCall({ providerId: provider.id, via: "session" }),
        session: { tokenHash: session },
      };
      const [decision] = await authorizePlainRequests([plain], db);
      if (decision) await complete(db, plain.requestId);
      return decision?.outcome;
    };
    expect(await bySession()).toBe("authorised");

    await db.query("update chain_cursor set checked_ms = clock_ms() - 15001");
    expect(await call(sender, provider.id)).toMatchObject({
      outcome: "denied",
      code: "stream/verification-unavailable",
    });
    expect(await bySession()).toBeUndefined();
    await catchUp();
    expect(await bySession()).toBe("authorised");
  });

  test("is refused from the moment its sender is critical, though the flow still runs, and serves again when money came", async () => {
    const provider = await listing(ledger.db);
    const sender = await someWallet();
    const { usdcx, cfaV1Forwarder } = devnet.addresses;
    const rate = parseUnits("10000", 18) / 86_400n; // All of the wallet in less than a day.
    const open = encodeFunctionData({
      abi: cfaV1ForwarderAbi,
      functionName: "createFlow",
      args: [usdcx, sender, provider.owner as Address, rate, "0x"],
    });
    await send(sender, cfaV1Forwarder, open);
    await catchUp();
    const [running] = await streamOf(sender, provider.id);
    expect(running).toMatchObject({ status: "active", tier: "enterprise" });
    // Ten thousand less the buffer of four hours, at this rate.
    const runwayMs = BigInt(running?.depletes_ms) - BigInt(running?.opened_ms);
    expect(runwayMs > 71_990_000n && runwayMs <= 72_001_000n).toBe(true);
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "authorised" });

    await travel(73_000);
    await refreshBalances(ledger.db, 31_337, client);
    expect(await call(sender, provider.id)).toMatchObject({
      outcome: "denied",
      code: "stream/deposit-exhausted",
    });

    const { usdc } = devnet.addresses;
    await send(
      sender,
      usdc,
      encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [usdcx, 10n ** 12n] }),
    );
    await send(
      sender,
      usdcx,
      encodeFunctionData({ abi: superTokenAbi, functionName: "upgrade", args: [parseUnits("5000", 18)] }),
    );
    await refreshBalances(ledger.db, 31_337, client);
    expect(await call(sender, provider.id)).toMatchObject({ outcome: "authorised" });
    expect(await runInvariants(ledger.db)).toEqual([]);
  });

  test.each([
    { phase: "patrician", after: 60 },
    { phase: "pleb", after: 40 * 60 },
    { phase: "insolvent", after: 5 * 3_600 },
  ])(
    "that somebody liquidates, in its $phase phase, ends as liquidated, and its receiver has all that flowed",
    async ({ after }) => {
      const provider = await listing(ledger.db);
      const [sender, liquidator] = [await someWallet(), await someWallet()];
      const { usdcx, cfaV1Forwarder, host, cfa } = devnet.addresses;
      const rate = parseUnits("10000", 18) / 86_400n;
      const pair = [usdcx, sender, provider.owner as Address] as const;
      await send(
        sender,
        cfaV1Forwarder,
        encodeFunctionData({
          abi: cfaV1ForwarderAbi,
          functionName: "createFlow",
          args: [...pair, rate, "0x"],
        }),
      );
      await catchUp();
      const [running] = await streamOf(sender, provider.id);
      const runwaySeconds = Number((BigInt(running?.depletes_ms) - BigInt(running?.opened_ms)) / 1_000n);
      await travel(runwaySeconds + after);
      expect(await call(sender, provider.id)).toMatchObject({
        outcome: "denied",
        code: "stream/deposit-exhausted",
      });

      const deleteFlow = encodeFunctionData({
        abi: cfaAbi,
        functionName: "deleteFlow",
        args: [...pair, "0x"],
      });
      await send(
        liquidator,
        host,
        encodeFunctionData({ abi: hostAbi, functionName: "callAgreement", args: [cfa, deleteFlow, "0x"] }),
      );
      await catchUp();
      const [ended] = await streamOf(sender, provider.id);
      expect(ended).toMatchObject({ status: "settled", close_cause: "liquidated" });
      const received = await devnet.chain.readContract({
        address: usdcx,
        abi: superTokenAbi,
        functionName: "balanceOf",
        args: [provider.owner as Address],
      });
      expect(ended?.billed).toBe(`${received}`);
      expect(await call(sender, provider.id)).toMatchObject({ outcome: "denied", code: "stream/terminated" });
      expect(await runInvariants(ledger.db)).toEqual([]);
    },
  );
});
