import {
  type Address,
  createTestClient,
  type Hex,
  http,
  parseAbi,
  parseEther,
  parseUnits,
  publicActions,
  walletActions,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads the settings: plans, closings and refusals are asked of the product as a site with a chain has it.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { pool } from "@/lib/db/pool";
import {
  changeStreamTierOperation,
  closeStreamOperation,
  collectStreamOperation,
  pauseStreamOperation,
  topUpStreamOperation,
} from "@/lib/http/operations/stream-change-operations";
import { getStreamOperation, listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { planCloseOperation, planStreamOperation } from "@/lib/http/operations/stream-plan-operations";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { followChainOnce } from "@/lib/rails/follow-chain";
import { railFor } from "@/lib/rails/rail-for";
import { createWithAuthorizationCall } from "@/lib/rails/streampay/streampay-calls";
import { planStream } from "@/lib/streams/plan-stream";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { authorise, complete, listProvider, someCall } from "@/lib/testing/ledger-fixtures";
import { sendCalls } from "@/lib/testing/send-calls";
import { signIn } from "@/lib/testing/sign-in";

type Call = { to: Address; data: Hex; value: string; says: string };
type ToSign = Parameters<PrivateKeyAccount["signTypedData"]>[0] & { message: Record<string, string> };
type Plan = Record<string, unknown> & {
  calls: Call[];
  permit: ToSign | null;
  authorization: { salt: Hex; typedData: ToSign } | null;
  deposit: string;
  wrap: string;
  prompts: number | null;
  gas: { amount: string } | null;
};
type Person = { account: PrivateKeyAccount; address: string; token: string };
type Stream = { id: string; status: string; rail: string; funded: string; provider: { id: string } };

const DAY_MS = 86_400_000;
let chain: ReturnType<typeof openChain>;
const provider = (owner?: string) => listProvider(pool(), owner ? { owner } : {});

function openChain() {
  const transport = http(process.env.RPC_URL, { retryCount: 0 });
  return createTestClient({ chain: foundry, mode: "anvil", transport, pollingInterval: 15, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

beforeAll(async () => {
  chain = openChain();
  await followChainOnce();
});

/** Signed in, with 10 coins, 10,000 USDC and 10,000 USDCx. */
async function person(): Promise<Person> {
  const someone = await signIn();
  await fundOnDevnet(someone.account.address);
  return someone;
}

/** Signed in, with 10 coins and so much USDC, no USDCx. */
async function personOfUsdc(usdc: string): Promise<Person> {
  const someone = await signIn();
  const { address } = someone.account;
  await chain.setBalance({ address, value: parseEther("10") });
  await chain.writeContract({
    account: DEVNET.faucet,
    address: DEVNET.usdc,
    abi: parseAbi(["function mint(address, uint256)"]),
    functionName: "mint",
    args: [address, parseUnits(usdc, 6)],
  });
  return someone;
}

function plan(providerId: string, body: Record<string, unknown> = {}): Promise<Plan> {
  const json = { providerId, tier: "basic", rail: "superfluid", durationMs: DAY_MS, ...body };
  return answerOf<Plan>(planStreamOperation, { json });
}

const gasOf = (planned: Plan | undefined) => BigInt(planned?.gas?.amount ?? 0);

async function refusal(providerId: string, body: Record<string, unknown>) {
  const json = { providerId, tier: "basic", rail: "superfluid", durationMs: DAY_MS, ...body };
  const response = await callOperation(planStreamOperation, { json });
  const { code, detail } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, code, detail };
}

/** Signs what the product said and waits for the index, as a page does. */
async function sign({ account }: Person, calls: readonly Call[]): Promise<Hex[]> {
  const hashes = await sendCalls(
    { chain },
    account,
    calls.map((call) => ({ ...call, value: BigInt(call.value) })),
  );
  await followChainOnce();
  return hashes;
}

/** The permit of a plan, signed: what the next request of the same plan carries. */
async function signPermit({ account }: Person, { permit }: Plan) {
  if (!permit) throw new Error("There is nothing to sign.");
  const { value, deadline } = permit.message;
  return { value, deadline, signature: await account.signTypedData(permit) };
}

async function streamsOf({ token }: Person): Promise<Stream[]> {
  return (await answerOf<{ items: Stream[] }>(listStreamsOperation, { token })).items;
}

async function outcome({ address }: Person, providerId: string): Promise<string> {
  const asked = someCall({ providerId, payer: address, tier: "basic" });
  const decision = await authorise(pool(), asked);
  if (decision.outcome === "authorised") await complete(pool(), asked.requestId);
  return decision.outcome === "denied" ? decision.code : decision.outcome;
}

const flowRate = ({ account }: Person, receiver: string) =>
  chain.readContract({
    address: DEVNET.cfaV1Forwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getFlowrate",
    args: [DEVNET.usdcx, account.address, receiver as Address],
  });

describe("a plan", () => {
  test("says the price on each rail to anybody, side by side", async () => {
    const { id } = await provider();
    const [ledger, streampay, superfluid] = await Promise.all(
      ["ledger", "streampay", "superfluid"].map((rail) => plan(id, { rail })),
    );
    expect(ledger).toMatchObject({
      ...{ chainId: null, contract: null, gas: null, shortestWorthMs: 0, prompts: 0, calls: [] },
      ...{ deposit: "1000000000000000000", costPerDay: "1000000000000000000", runwayMs: DAY_MS },
      asset: { symbol: "USDCx", decimals: 18 },
    });
    expect(streampay).toMatchObject({
      ...{ chainId: 31_337, contract: DEVNET.streamPay, deposit: "1000000", costPerDay: "1000000" },
      ...{ runwayMs: DAY_MS, wrap: "0", balances: null, prompts: null, calls: [], permit: null },
      ...{ flowRatePerSecond: "11", shortestWorthMs: null, missing: null },
      asset: { id: `eip155:31337/erc20:${DEVNET.usdc.toLowerCase()}`, symbol: "USDC", decimals: 6 },
      gas: { symbol: "ETH", decimals: 18, dollars: null },
      rate: { amount: "1000000", periodMs: DAY_MS },
    });
    const buffer = await chain.readContract({
      address: DEVNET.cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "getBufferAmountByFlowrate",
      args: [DEVNET.usdcx, 11_574_074_074_074n],
    });
    expect(superfluid).toMatchObject({
      ...{ chainId: 31_337, contract: DEVNET.cfaV1Forwarder, deposit: `${buffer}`, wrap: "0" },
      ...{ flowRatePerSecond: "11574074074074", costPerDay: "999999999999993600", runwayMs: DAY_MS },
      rate: { amount: "11574074074074", periodMs: 1_000 },
    });
    expect(gasOf(superfluid) > 0n).toBe(true);
  });

  test("says gas in dollars, and how long the stream has to run to be worth it, once the coin's worth is known", async () => {
    const { id } = await provider();
    const asked = { providerId: id, tier: "basic", rail: "streampay", durationMs: BigInt(DAY_MS) } as const;
    const { gas, shortestWorthMs } = await planStream(asked, { coinDollars: "2000.5" });
    if (!gas || gas.dollars === null || shortestWorthMs === null) throw new Error("All is known.");
    expect(gas.dollars).toBe((gas.amount * 20_005n + 9n) / 10n);
    // A dollar a day: a twentieth of what has flowed by then covers it, and a second before does not.
    const flowed = (ms: bigint) => (10n ** 18n * ms) / 86_400_000n / 20n;
    expect(flowed(shortestWorthMs) >= gas.dollars).toBe(true);
    expect(flowed(shortestWorthMs - 1_000n) < gas.dollars).toBe(true);
  });

  test("counts the gas of the payer's own first call, with the margin", async () => {
    const [payer, { id }] = [await person(), await provider()];
    const planned = await plan(id, { payer: payer.address });
    const [call] = planned.calls;
    if (!call) throw new Error("There is a call.");
    const { to, data } = call;
    const used = await chain.estimateGas({ account: payer.account.address, to, data });
    const { baseFeePerGas } = await chain.getBlock();
    const price = (baseFeePerGas ?? 0n) + (await chain.estimateMaxPriorityFeePerGas());
    expect(gasOf(planned)).toBe(((used * 13n + 9n) / 10n) * price);
  });

  test("refuses what cannot be opened, each for its own reason", async () => {
    const { id, owner } = await provider();
    const payer = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    const cases: [Record<string, unknown>, number, string][] = [
      [{ tier: "gold" }, 400, "unknown-tier"],
      [{ payer: owner }, 409, "self-stream"],
      [{ durationMs: 0 }, 422, "invalid-input"],
      [{ durationMs: 365 * DAY_MS + 1 }, 422, "invalid-input"],
      [{ rail: "lightning" }, 422, "invalid-input"],
      [{ chainId: 8_453 }, 422, "invalid-input"],
      [{ rail: "ledger", chainId: 31_337 }, 422, "invalid-input"],
      [{ decimals: 6 }, 422, "invalid-input"],
      [{ asset: `eip155:31337/erc20:${DEVNET.usdc.toLowerCase()}` }, 422, "invalid-input"],
      [{ rail: "streampay", asset: "eip155:31337/slip44:60" }, 422, "invalid-input"],
      [{ rail: "streampay", decimals: 18 }, 422, "invalid-input"],
      [
        { permit: { value: "1", deadline: "1", signature: `0x${"00".repeat(65)}` } },
        401,
        "invalid-signature",
      ],
      [
        { payer, permit: { value: "1", deadline: `${2n ** 40n}`, signature: `0x${"11".repeat(65)}` } },
        401,
        "invalid-signature",
      ],
    ];
    for (const [body, status, code] of cases)
      expect({ body, ...(await refusal(id, body)) }).toMatchObject({ body, status, code });
    expect(await refusal("p-nobody", {})).toMatchObject({ status: 404, code: "provider-not-found" });
    expect(() => railFor("streampay", null)).toThrow("The streampay rail is not available here.");
  });

  test("says what is missing, and then gives nothing to sign", async () => {
    const [poor, { id }] = [await personOfUsdc("0.25"), await provider()];
    expect(await plan(id, { rail: "streampay", payer: poor.address })).toMatchObject({
      ...{ calls: [], permit: null, prompts: null },
      missing: { amount: "750000", symbol: "USDC", decimals: 6 },
    });
    const { missing, calls } = await plan(id, { payer: poor.address });
    expect(calls).toEqual([]);
    // A day of flow and a buffer of four hours, up to a millionth, less the quarter that is there.
    expect(missing).toMatchObject({ amount: "916667", symbol: "USDC", decimals: 6 });
  });
});

describe("opening as a plan says", () => {
  test("StreamPay by allowance: approved exactly, opened, mirrored, and calls are authorised", async () => {
    const [payer, { id }] = [await person(), await provider()];
    expect(await outcome(payer, id)).toBe("stream/not-found");
    const { calls, prompts, permit, balances } = await plan(id, { rail: "streampay", payer: payer.address });
    expect({ prompts, says: calls.map(({ says }) => says.split(" ")[0]) }).toEqual({
      prompts: 2,
      says: ["Allow", "Lock"],
    });
    expect(permit).not.toBeNull();
    expect(balances).toEqual({
      token: "10000000000",
      underlying: null,
      coin: "10000000000000000000",
    });
    await sign(payer, calls);
    expect(await streamsOf(payer)).toMatchObject([
      { rail: "streampay", status: "active", funded: "1000000", provider: { id } },
    ]);
    expect(await outcome(payer, id)).toBe("authorised");
  });

  test("StreamPay by permit: one signature and one transaction", async () => {
    const [payer, { id }] = [await personOfUsdc("3"), await provider()];
    const asked = { rail: "streampay", payer: payer.address };
    const permit = await signPermit(payer, await plan(id, asked));
    const { calls, permit: none } = await plan(id, { ...asked, permit });
    expect([calls.length, none]).toEqual([1, null]);
    await sign(payer, calls);
    expect(await outcome(payer, id)).toBe("authorised");
    // It is spent: the same one again is refused before anybody pays gas.
    expect(await refusal(id, { ...asked, permit })).toMatchObject({ code: "invalid-signature" });
    const other = { ...permit, value: "999999" };
    expect(await refusal(id, { ...asked, permit: other })).toMatchObject({ code: "invalid-input" });
  });

  test("StreamPay by authorisation: one signature of the payer, sent by somebody else, and no coin of the payer's", async () => {
    const [payer, sender, { id, owner }] = [await personOfUsdc("3"), await person(), await provider()];
    await chain.setBalance({ address: payer.account.address, value: 0n });
    const { authorization, deposit } = await plan(id, { rail: "streampay", payer: payer.address });
    if (!authorization) throw new Error("There is an authorisation to sign.");
    const { validAfter, validBefore } = authorization.typedData.message;
    const signature = await payer.account.signTypedData(authorization.typedData);
    const rows = await pool().query("select provider_tag($1)::text as tag", [id]);
    const opening = createWithAuthorizationCall(
      { streamPay: DEVNET.streamPay, token: { address: DEVNET.usdc, symbol: "USDC", decimals: 6 } },
      {
        ...{ recipient: owner as Address, amount: BigInt(deposit), durationSeconds: 86_400n },
        tag: BigInt(rows.rows[0].tag),
      },
      {
        ...{ sender: payer.account.address, salt: authorization.salt },
        signed: { validAfter: BigInt(validAfter ?? 0), validBefore: BigInt(validBefore ?? 0), signature },
      },
    );
    await sendCalls({ chain }, sender.account, [opening]);
    await followChainOnce();
    expect(await outcome(payer, id)).toBe("authorised");
  });

  test("Superfluid with USDCx: one prompt; a second plan shares the flow, and closing one leaves the other", async () => {
    const payer = await person();
    const first = await provider();
    const second = await provider(first.owner);
    const opening = await plan(first.id, { payer: payer.address });
    expect([opening.prompts, opening.calls.length, opening.wrap]).toEqual([1, 1, "0"]);
    await sign(payer, opening.calls);
    expect(await outcome(payer, first.id)).toBe("authorised");
    expect(await outcome(payer, second.id)).toBe("stream/not-found");

    const sharing = await plan(second.id, { payer: payer.address, tier: "professional" });
    // The buffer of both together less what the first has locked; the chain rounds each up to 2^32.
    expect(sharing.deposit).toBe("1666666667712708608");
    await sign(payer, sharing.calls);
    expect(await flowRate(payer, first.owner)).toBe(11_574_074_074_074n + 115_740_740_740_740n);
    expect([await outcome(payer, first.id), await outcome(payer, second.id)]).toEqual([
      "authorised",
      "authorised",
    ]);

    const streams = await streamsOf(payer);
    const one = streams.find((stream) => stream.provider.id === first.id);
    const closing = await callOperation(closeStreamOperation, {
      token: payer.token,
      params: { streamId: one?.id ?? "" },
    });
    const { code, calls } = (await closing.json()) as { code: string; calls: Call[] };
    expect([closing.status, code]).toEqual([409, "stream-on-chain"]);
    await sign(payer, calls);
    expect(await flowRate(payer, first.owner)).toBe(115_740_740_740_740n);
    expect(await outcome(payer, first.id)).toBe("stream/terminated");
    expect(await outcome(payer, second.id)).toBe("authorised");
  });

  test("Superfluid with USDC alone: a permit, then wrapped and opened in one transaction", async () => {
    const [payer, { id, owner }] = [await personOfUsdc("5"), await provider()];
    const asked = { payer: payer.address };
    const before = await plan(id, asked);
    expect(before.calls.map(({ says }) => says.split(" ")[0])).toEqual(["Allow", "Wrap"]);
    expect(before).toMatchObject({ wrap: "1166667000000000000", prompts: 2, missing: null });
    const after = await plan(id, { ...asked, permit: await signPermit(payer, before) });
    expect(after).toMatchObject({ wrap: "1166667000000000000", prompts: 1, permit: null });
    const hashes = await sign(payer, after.calls);
    expect(hashes).toHaveLength(1);
    expect(await flowRate(payer, owner)).toBe(11_574_074_074_074n);
    expect(await outcome(payer, id)).toBe("authorised");
    const left = await chain.readContract({
      address: DEVNET.usdc,
      abi: testUsdcAbi,
      functionName: "balanceOf",
      args: [payer.account.address],
    });
    expect(left).toBe(3_833_333n);
  });

  test("a price below one base unit a second is one, and pays for its tier", async () => {
    const payer = await person();
    const rate = { amount: 1n, periodMs: BigInt(DAY_MS) };
    const { id, owner } = await listProvider(pool(), { tiers: { basic: { rate } } });
    expect(await plan(id, { rail: "streampay" })).toMatchObject({ deposit: "86400", flowRatePerSecond: "1" });
    const { calls, deposit } = await plan(id, { payer: payer.address });
    expect(deposit).toBe("4294967296");
    await sign(payer, calls);
    expect(await flowRate(payer, owner)).toBe(1n);
    expect(await outcome(payer, id)).toBe("authorised");
    expect(await streamsOf(payer)).toMatchObject([{ rail: "superfluid", status: "active" }]);
  });

  test("a plan for a flow that changed a moment ago is refused until that is read", async () => {
    const payer = await person();
    const first = await provider();
    const second = await provider(first.owner);
    const { calls } = await plan(first.id, { payer: payer.address });
    await sendCalls(
      { chain },
      payer.account,
      calls.map((call) => ({ ...call, value: BigInt(call.value) })),
    );
    expect(await refusal(second.id, { payer: payer.address })).toMatchObject({
      ...{ status: 503, code: "unavailable" },
    });
    await followChainOnce();
    expect((await plan(second.id, { payer: payer.address })).calls).toHaveLength(1);
  });
});

describe("changing and closing on a chain through the API", () => {
  async function refusedWithCalls(
    operation: Parameters<typeof callOperation>[0],
    { token }: Person,
    streamId: string,
    json?: unknown,
  ): Promise<Call[]> {
    const response = await callOperation(operation, {
      token,
      params: { streamId },
      ...(json ? { json } : {}),
    });
    const body = (await response.json()) as { code: string; calls: Call[] };
    expect([response.status, body.code]).toEqual([409, "stream-on-chain"]);
    return body.calls;
  }

  test("top-up, collect and close of StreamPay are refused with the calls that do them; a pause with none", async () => {
    const [payer, owner] = [await person(), await person()];
    const { id } = await provider(owner.address);
    await sign(payer, (await plan(id, { rail: "streampay", payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    expect(await refusedWithCalls(pauseStreamOperation, payer, stream.id)).toEqual([]);
    const tier = { tier: "professional" };
    expect(await refusedWithCalls(changeStreamTierOperation, payer, stream.id, tier)).toEqual([]);

    await sign(payer, await refusedWithCalls(topUpStreamOperation, payer, stream.id, { amount: "500000" }));
    expect(await streamsOf(payer)).toMatchObject([{ funded: "1500000" }]);
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({
      ...{ status: "active", funded: 1_500_000n, paid: 0n, refunded: 0n, asOf: { kind: "block" } },
    });

    await chain.increaseTime({ seconds: 3_600 });
    await chain.mine({ blocks: 1 });
    await sign(owner, await refusedWithCalls(collectStreamOperation, owner, stream.id));
    const { paid } = await railFor("streampay").observe(stream.id);
    expect(paid >= 41_666n && paid < 42_000n).toBe(true);

    await expect(
      railFor("streampay").settle({ streamId: stream.id, actor: payer.address }),
    ).rejects.toMatchObject({ code: "stream-on-chain" });
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream.id));
    expect(
      await answerOf(getStreamOperation, { token: payer.token, params: { streamId: stream.id } }),
    ).toMatchObject({
      status: "settled",
    });
    expect(await refusedWithCalls(closeStreamOperation, payer, stream.id)).toEqual([]);
    const over = await railFor("streampay").observe(stream.id);
    expect(over).toMatchObject({ status: "settled", fundedUntilMs: null });
    expect(over.paid + over.refunded).toBe(1_500_000n);
  });

  test("a stream that has ended is not topped up, and can still be closed", async () => {
    const [payer, { id }] = [await person(), await provider()];
    const asked = { rail: "streampay", payer: payer.address, durationMs: 60_000 };
    await sign(payer, (await plan(id, asked)).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    await chain.increaseTime({ seconds: 61 });
    await chain.mine({ blocks: 1 });
    expect(await refusedWithCalls(topUpStreamOperation, payer, stream.id, { amount: "500000" })).toEqual([]);
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({
      ...{ status: "exhausted", accrued: 695n, funded: 695n, paid: 0n },
    });
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream.id));
    expect(await railFor("streampay").observe(stream.id)).toMatchObject({ status: "settled", paid: 695n });
  });

  test("tier and top-up of a flow: the rate changes, and the balance that feeds it grows", async () => {
    const payer = await person();
    const { id, owner } = await provider();
    await sign(payer, (await plan(id, { payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    if (!stream) throw new Error("It was opened.");
    const tier = { tier: "professional" };
    await sign(payer, await refusedWithCalls(changeStreamTierOperation, payer, stream.id, tier));
    expect(await flowRate(payer, owner)).toBe(115_740_740_740_740n);
    expect(await streamsOf(payer)).toMatchObject([{ id: stream.id, tier: "professional" }]);

    const before = await railFor("superfluid").observe(stream.id);
    const more = { amount: "1000000000000000000000" };
    await sign(payer, await refusedWithCalls(topUpStreamOperation, payer, stream.id, more));
    const after = await railFor("superfluid").observe(stream.id);
    expect(before).toMatchObject({ status: "active", rate: { amount: 115_740_740_740_740n } });
    expect(after.funded - before.funded > 999n * 10n ** 18n).toBe(true);
  });

  test("the receiver closes the flow of its only plan, and cannot choose among several", async () => {
    const [payer, owner] = [await person(), await person()];
    const [first, second] = [await provider(owner.address), await provider(owner.address)];
    await sign(payer, (await plan(first.id, { payer: payer.address })).calls);
    const [stream] = await streamsOf(payer);
    await sign(payer, (await plan(second.id, { payer: payer.address })).calls);
    expect(await refusedWithCalls(closeStreamOperation, owner, stream?.id ?? "")).toEqual([]);
    await sign(payer, await refusedWithCalls(closeStreamOperation, payer, stream?.id ?? ""));
    const rest = (await streamsOf(payer)).find(({ provider: { id } }) => id === second.id);
    await sign(owner, await refusedWithCalls(closeStreamOperation, owner, rest?.id ?? ""));
    expect(await flowRate(payer, owner.address)).toBe(0n);
  });

  test("many streams close in one transaction for each rail; somebody else's are not found", async () => {
    const [payer, stranger] = [await person(), await person()];
    const offers = [await provider(), await provider(), await provider(), await provider()];
    for (const [n, { id }] of offers.entries()) {
      const rail = n < 2 ? "streampay" : "superfluid";
      await sign(payer, (await plan(id, { rail, payer: payer.address })).calls);
    }
    const streamIds = (await streamsOf(payer)).map(({ id }) => id);
    expect(streamIds).toHaveLength(4);
    const foreign = await callOperation(planCloseOperation, { token: stranger.token, json: { streamIds } });
    expect(foreign.status).toBe(404);
    const { calls } = await answerOf<{ calls: Call[] }>(planCloseOperation, {
      token: payer.token,
      json: { streamIds },
    });
    expect(calls.map(({ says }) => says)).toEqual([
      "Close 2 streams of StreamPay at once: what is earned goes to the receivers, the rest to the senders.",
      "Close 2 plans with 2 receivers at once: their buffers come back.",
    ]);
    await sign(payer, calls);
    expect((await streamsOf(payer)).map(({ status }) => status)).toEqual([
      "settled",
      "settled",
      "settled",
      "settled",
    ]);
    for (const { id } of offers) expect(await outcome(payer, id)).toBe("stream/terminated");
    expect(await runInvariants(pool())).toEqual([]);
  });
});
