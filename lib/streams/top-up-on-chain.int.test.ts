import {
  createTestClient,
  type Hex,
  http,
  parseAbi,
  parseEther,
  parseUnits,
  publicActions,
  walletActions,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { beforeAll, expect, test, vi } from "vitest";

// Before anything reads the settings: refusals are asked of the product as a site with a chain has it.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { pool } from "@/lib/db/pool";
import { topUpStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { planStreamOperation } from "@/lib/http/operations/stream-plan-operations";
import { followChainOnce } from "@/lib/rails/follow-chain";
import type { RailId } from "@/lib/rails/rail";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { listProvider } from "@/lib/testing/ledger-fixtures";
import { sendCalls } from "@/lib/testing/send-calls";
import { signIn } from "@/lib/testing/sign-in";

type Call = { to: Hex; data: Hex; value: string; says: string };
type ToSign = Parameters<PrivateKeyAccount["signTypedData"]>[0];
type Allowance = { typedData: ToSign; deadline: string; salt: Hex | null };
type Refusal = { status: number; code: string; detail: string; calls?: Call[]; allowance?: Allowance };
type Stream = { id: string; funded: string };

let chain: ReturnType<typeof openChain>;

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

/** A signed-in wallet with so much USDC and no USDCx, and its new stream on that rail. */
async function streaming(rail: RailId, usdc: string) {
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
  const { id: providerId } = await listProvider(pool());
  const json = { providerId, tier: "basic", rail, durationMs: 86_400_000, payer: address };
  const { calls } = await answerOf<{ calls: Call[] }>(planStreamOperation, { json });
  await sign(someone.account, calls);
  const { items } = await answerOf<{ items: Stream[] }>(listStreamsOperation, { token: someone.token });
  const [stream] = items;
  if (!stream) throw new Error("It was not opened.");
  const topUp = (body: object) => refusalOf(someone.token, stream.id, body);
  return { ...someone, stream, topUp };
}

async function refusalOf(token: string, streamId: string, json: object): Promise<Refusal> {
  const response = await callOperation(topUpStreamOperation, { token, params: { streamId }, json });
  return { ...((await response.json()) as Refusal), status: response.status };
}

async function sign(account: PrivateKeyAccount, calls: readonly Call[]): Promise<Hex[]> {
  const hashes = await sendCalls(
    { chain },
    account,
    calls.map((call) => ({ ...call, value: BigInt(call.value) })),
  );
  await followChainOnce();
  return hashes;
}

/** The allowance of a refusal, signed by that key: what the next request of the same top-up carries. */
async function signed(account: PrivateKeyAccount, { allowance }: Refusal) {
  if (!allowance) throw new Error("There is nothing to sign.");
  const { typedData, deadline, salt } = allowance;
  return { deadline, salt, signature: await account.signTypedData(typedData) };
}

async function fundedOf({ token, stream }: { token: string; stream: Stream }): Promise<string | undefined> {
  const { items } = await answerOf<{ items: Stream[] }>(listStreamsOperation, { token });
  return items.find(({ id }) => id === stream.id)?.funded;
}

const balanceOf = (token: Hex, account: Hex) =>
  chain.readContract({ address: token, abi: testUsdcAbi, functionName: "balanceOf", args: [account] });

const verbs = ({ calls }: Refusal) => calls?.map(({ says }) => says.split(" ")[0]);

test("StreamPay is topped up by one signature and one transaction, and an approval is never left over", async () => {
  const payer = await streaming("streampay", "3");
  const asked = await payer.topUp({ amount: "500000" });
  expect([asked.status, asked.code, verbs(asked)]).toEqual([409, "stream-on-chain", ["Allow", "Add"]]);

  const answer = await payer.topUp({ amount: "500000", allowance: await signed(payer.account, asked) });
  expect([answer.status, answer.code, verbs(answer)]).toEqual([409, "stream-on-chain", ["Add"]]);
  expect(answer.allowance).toBeUndefined();
  await sign(payer.account, answer.calls ?? []);
  expect(await fundedOf(payer)).toBe("1500000");
  expect(await balanceOf(DEVNET.usdc, payer.account.address)).toBe(1_500_000n);
});

test("an allowance of somebody else, for another amount, or used before is refused before anybody pays gas", async () => {
  const payer = await streaming("streampay", "5");
  const amount = "500000";
  const asked = await payer.topUp({ amount });
  const stranger = privateKeyToAccount(`0x${"42".repeat(32)}`);
  const refused = { status: 401, code: "invalid-signature" };
  const allowance = await signed(payer.account, asked);
  expect(await payer.topUp({ amount, allowance: await signed(stranger, asked) })).toMatchObject(refused);
  expect(await payer.topUp({ amount: "500001", allowance })).toMatchObject(refused);
  expect(await payer.topUp({ amount, allowance: { ...allowance, salt: null } })).toMatchObject(refused);
  const { calls } = await payer.topUp({ amount, allowance });
  await sign(payer.account, calls ?? []);
  expect(await payer.topUp({ amount, allowance })).toMatchObject(refused);
  expect(await fundedOf(payer)).toBe("1500000");
});

test("a flow is topped up out of USDC by a permit and one transaction that wraps", async () => {
  const payer = await streaming("superfluid", "30");
  const amount = String(parseUnits("2", 18));
  const asked = await payer.topUp({ amount });
  expect(verbs(asked)).toEqual(["Allow", "Wrap"]);
  expect(asked.allowance?.salt).toBeNull();
  const [before, allowance] = [
    await balanceOf(DEVNET.usdc, payer.account.address),
    await signed(payer.account, asked),
  ];
  expect(await payer.topUp({ amount: String(parseUnits("3", 18)), allowance })).toMatchObject({
    code: "invalid-signature",
  });
  const answer = await payer.topUp({ amount, allowance });
  expect(verbs(answer)).toEqual(["Wrap"]);
  await sign(payer.account, answer.calls ?? []);
  expect(await balanceOf(DEVNET.usdc, payer.account.address)).toBe(before - 2_000_000n);
});

test("more than the wallet holds is refused before anybody signs", async () => {
  const refused = {
    status: 409,
    code: "insufficient-balance",
    detail: "Your wallet has less USDC than that.",
  };
  const escrow = await streaming("streampay", "3");
  expect(await escrow.topUp({ amount: "2000001" })).toMatchObject(refused);
  const flow = await streaming("superfluid", "30");
  expect(await flow.topUp({ amount: String(parseUnits("30", 18)) })).toMatchObject(refused);
});
