import { type Address, createTestClient, http, publicActions, walletActions } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { beforeAll, expect, test, vi } from "vitest";

// Before anything reads the settings.
await vi.hoisted(async () => {
  await (await import("@/lib/testing/own-devnet")).ownDevnet();
  await (await import("@/lib/testing/own-database")).ownDatabase();
});

import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { findChainPlace } from "@/lib/rails/chain-place";
import { followChainOnce } from "@/lib/rails/follow-chain";
import { sendCalls } from "@/lib/testing/send-calls";
import { listGrants } from "./list-grants";
import { planWalletChange, type WalletChange } from "./plan-wallet-change";
import { readChainWallet } from "./read-chain-wallet";
import { grantSessionCall } from "./session-calls";
import { superTokenPlace } from "./super-token";

const USDCX = 10n ** 18n;
const AGENT: Address = "0x00000000000000000000000000000000000000A1";
const RECEIVER: Address = "0x00000000000000000000000000000000000000b2";

let chain: ReturnType<typeof openChain>;

function openChain() {
  const transport = http(process.env.RPC_URL, { retryCount: 0 });
  return createTestClient({ chain: foundry, mode: "anvil", transport, pollingInterval: 15, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

function here() {
  const place = findChainPlace();
  const superfluid = place?.network.superfluid;
  if (!place || !superfluid) throw new Error("The devnet of this file has Superfluid.");
  return { place, superfluid };
}

async function funded() {
  const account = privateKeyToAccount(generatePrivateKey());
  await fundOnDevnet(account.address);
  const { place, superfluid } = here();
  const plan = (of: WalletChange) =>
    planWalletChange(place, superfluid, { account: account.address, change: of });
  const change = async (of: WalletChange) => sendCalls({ chain }, account, (await plan(of)).calls);
  return { account, plan, change, holdings: () => readChainWallet(place, superfluid, account.address) };
}

beforeAll(async () => {
  chain = openChain();
  await followChainOnce();
});

test("what is wrapped and unwrapped moves one for one, 6 digits against 18", async () => {
  const { change, holdings } = await funded();
  await change({ kind: "wrap", amount: 25_500_000n * 10n ** 12n });
  expect(await holdings()).toMatchObject({
    underlying: { asset: { symbol: "USDC", decimals: 6 }, amount: 9_974_500_000n },
    superToken: { asset: { symbol: "USDCx", decimals: 18 }, balance: { netPerSecond: 0n } },
  });
  await change({ kind: "unwrap", amount: 10_025n * USDCX });
  const { underlying, superToken } = await holdings();
  expect(underlying.amount).toBe(19_999_500_000n);
  expect(superToken.balance.available).toBe(USDCX / 2n);
});

test("more than there is, is refused before anybody signs", async () => {
  const { change } = await funded();
  await expect(change({ kind: "wrap", amount: 10_001n * USDCX })).rejects.toMatchObject({
    code: "insufficient-balance",
    message: "Your wallet has less USDC than that.",
  });
  await expect(change({ kind: "unwrap", amount: 10_001n * USDCX })).rejects.toMatchObject({
    code: "insufficient-balance",
    message: "Your wallet has less USDCx than that.",
  });
});

test("a balance tells how it moves: a flow of a thousand base units a second goes out", async () => {
  const { account, holdings } = await funded();
  await chain.writeContract({
    account,
    address: DEVNET.cfaV1Forwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "createFlow",
    args: [DEVNET.usdcx, account.address, RECEIVER, 1_000n, "0x"],
  });
  expect((await holdings()).superToken.balance.netPerSecond).toBe(-1_000n);
});

test("a raw permission is listed until it is taken back", async () => {
  const { account, change } = await funded();
  await chain.writeContract({
    account,
    address: DEVNET.cfaV1Forwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "grantPermissions",
    args: [DEVNET.usdcx, AGENT],
  });
  await followChainOnce();
  const { place } = here();
  expect(await listGrants(place, account.address)).toEqual({
    sessions: [],
    operators: [
      {
        operator: AGENT,
        token: DEVNET.usdcx,
        ...{ mayCreate: true, mayUpdate: true, mayDelete: true, isSessions: false },
      },
    ],
  });
  await change({ kind: "revoke-operator", operator: AGENT });
  await followChainOnce();
  expect(await listGrants(place, account.address)).toEqual({ sessions: [], operators: [] });
});

test("a session is listed with its budget until it is revoked; SessionOperator stays a flow operator", async () => {
  const { account, change } = await funded();
  const { place, superfluid } = here();
  const { timestamp } = await chain.getBlock();
  const terms = {
    ...{ agent: AGENT, budget: 50n * USDCX, rateCap: 10n ** 15n, rateCapEach: 10n ** 15n },
    ...{ expirySeconds: timestamp + 86_400n, receivers: [RECEIVER] },
  } as const;
  const at = superTokenPlace(place, superfluid, null);
  await sendCalls({ chain }, account, [grantSessionCall(at, DEVNET.sessionOperator, terms)]);
  await followChainOnce();
  const { sessions, operators } = await listGrants(place, account.address);
  expect(sessions).toMatchObject([
    { agent: AGENT, token: DEVNET.usdcx, budget: 50n * USDCX, spent: 0n, rateCap: 10n ** 15n },
  ]);
  expect(sessions[0]?.expiryMs).toBe((timestamp + 86_400n) * 1_000n);
  expect(operators).toMatchObject([{ operator: DEVNET.sessionOperator, isSessions: true }]);

  await change({ kind: "revoke-session", id: sessions[0]?.id ?? -1n });
  await followChainOnce();
  expect((await listGrants(place, account.address)).sessions).toEqual([]);
});

test("wrapping takes one transaction after a permit: the same permit is good for no other amount", async () => {
  const { account, plan, holdings } = await funded();
  const wrap = { kind: "wrap", amount: 5n * USDCX } as const;
  const { calls, allowance } = await plan(wrap);
  expect(calls.map(({ says }) => says.split(" ")[0])).toEqual(["Allow", "Wrap"]);
  if (!allowance) throw new Error("USDC takes permits.");
  const { typedData, deadline, salt } = allowance;
  if (typedData.primaryType !== "Permit") throw new Error("That is no permit.");
  const signed = { deadline, salt, signature: await account.signTypedData(typedData) };
  await expect(plan({ ...wrap, amount: 6n * USDCX, signed })).rejects.toMatchObject({
    code: "invalid-signature",
  });
  const after = await plan({ ...wrap, signed });
  expect([after.calls.length, after.allowance]).toEqual([1, null]);
  await sendCalls({ chain }, account, after.calls);
  expect((await holdings()).underlying.amount).toBe(9_995_000_000n);
});
