import { Challenge, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import type { Hex } from "viem";
import { delegatedStreams, signDelegation } from "@/agents/client/delegated-streams";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { grantSessionCall } from "@/lib/rails/superfluid/session-calls";
import { chainClient } from "./chain-client";
import { connectFundedWallet } from "./connect-wallet";
import { expect, test } from "./fixtures";
import { newAgent } from "./new-agent";

/** Owns RheumaScore on a devnet. */
const PROVIDER = "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955";
/** 1 USDCx a day, in base units a second. */
const BASIC = 11_574_074_074_074n;
const USDCX = 10n ** 18n;
const das28 = { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 };

test("what an agent may do, on the chain and by its key, is taken back on the wallet page: its next call is refused", async ({
  page,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const origin = String(baseURL);
  const person = await connectFundedWallet(page, "/streams", { name: "Test Wallet", chainId: 31_337 });
  const { account: agent } = await newAgent(origin);
  const chain = chainClient(agent);
  const { timestamp } = await chain.getBlock();

  // The person lets the agent stream to one provider, and prove that stream with a key of its own.
  const token = { address: DEVNET.usdcx, symbol: "USDCx", decimals: 18 };
  const place = { host: DEVNET.host, cfa: DEVNET.cfa, cfaForwarder: DEVNET.cfaV1Forwarder, token };
  const expirySeconds = timestamp + 86_400n;
  const { to, data } = grantSessionCall({ ...place, underlying: null }, DEVNET.sessionOperator, {
    ...{ agent: agent.address, budget: 5n * USDCX, rateCap: BASIC, rateCapEach: BASIC, expirySeconds },
    receivers: [PROVIDER],
  });
  await mined(await chainClient(person).sendTransaction({ to, data }));
  const delegation = await signDelegation(person, {
    ...{ delegate: agent.address, realm: new URL(origin).host, chainId: 31_337 },
    ...{ maxFlowRate: BASIC + 1n, notAfter: timestamp + 3_600n, nonce: 7n },
  });

  await page.goto("/wallet");
  const permissions = page.getByRole("list", { name: "Permissions" }).getByRole("listitem");
  await expect(async () => {
    await page.reload();
    await expect(permissions).toHaveCount(2, { timeout: 1_000 });
  }).toPass();
  const session = permissions.filter({ hasText: "at most 5 USDCx, of which" });
  await expect(session).toContainText("no faster than 1 USDCx a day");
  const [, id = ""] = /Session (\d+)/.exec((await session.textContent()) ?? "") ?? [];

  // The agent opens a stream out of the person's balance, and is served on it.
  const setFlow = (rate: bigint) =>
    chain.writeContract({
      address: DEVNET.sessionOperator,
      abi: sessionOperatorAbi,
      functionName: "setFlow",
      args: [BigInt(id), PROVIDER, rate, expirySeconds],
    });
  await mined(await setFlow(BASIC));
  expect(await flowRate()).toBe(BASIC);
  const [, superfluid] = delegatedStreams({ account: agent, delegation });
  const paid = Mppx.create({ polyfill: false, methods: [superfluid] });
  const url = `${origin}/api/p/rheumascore/compute/das28-esr`;
  const request = (headers: Record<string, string> = {}) => ({
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(das28),
  });
  await expect
    .poll(async () => (await (await page.request.get("/api/v1/streams")).json()).items)
    .toMatchObject([{ rail: "superfluid", status: "active", provider: { id: "rheumascore" } }]);
  const served = await paid.fetch(url, request());
  expect(await served.json()).toMatchObject({ das28: 4.56 });
  expect(Receipt.fromResponse(served)).toMatchObject({
    method: "superfluid",
    payer: `did:pkh:eip155:31337:${person.address}`,
  });
  const sessionToken = served.headers.get("stream-session") ?? "";
  const bySession = () => fetch(url, request({ "Stream-Session": sessionToken }));
  expect((await bySession()).status).toBe(200);

  // Its key is taken back: by one click, and nothing to sign.
  await page.reload();
  await expect(permissions).toHaveCount(3);
  const key = permissions.filter({ hasText: "May make calls by your streams of at most" });
  await expect(key).toContainText("It can move no money.");
  await key.getByRole("button", { name: `Revoke ${agent.address}` }).click();
  const revoking = page.getByRole("dialog", { name: "Revoke a permission" });
  await expect(revoking.getByTestId("consequence")).toContainText("Its next call is refused");
  await revoking.getByRole("button", { name: "Revoke" }).click();
  await expect(revoking.getByText("It can make no call by your streams any more.")).toBeVisible();
  await revoking.getByRole("button", { name: "Close" }).last().click();
  await expect(permissions).toHaveCount(2);
  expect((await bySession()).status).toBe(402);
  const challenge = Challenge.fromResponseList(await fetch(url, request())).find(
    ({ method }) => method === "superfluid",
  );
  const authorization = await superfluid.createCredential({ challenge } as never);
  const refused = await fetch(url, request({ Authorization: authorization }));
  expect(refused.status).toBe(402);
  expect(await refused.json()).toMatchObject({ code: "stream/delegation-invalid", reason: "revoked" });

  // What it may do on the chain is taken back too: its stream stops, and it can open none.
  await session.getByRole("button", { name: `Revoke ${agent.address}` }).click();
  await expect(revoking.getByTestId("consequence")).toContainText("the streams that it opened stop");
  await revoking.getByRole("button", { name: "Revoke" }).click();
  await expect(revoking.getByText("The chain has it.")).toBeVisible();
  await revoking.getByRole("button", { name: "Close" }).last().click();
  expect(await flowRate()).toBe(0n);
  await expect(setFlow(BASIC)).rejects.toThrow(/SessionEnded/);
  await expect(async () => {
    await page.reload();
    await expect(permissions).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
  await expect(permissions).toContainText("SessionOperator: does only what a session allows");
  await page.goto("/streams");
  await expect(page.getByRole("list", { name: "Your streams" })).toContainText("Settled");

  async function mined(hash: Hex): Promise<void> {
    expect((await chain.waitForTransactionReceipt({ hash })).status).toBe("success");
  }

  function flowRate(): Promise<bigint> {
    return chain.readContract({
      address: DEVNET.cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "getFlowrate",
      args: [DEVNET.usdcx, person.address, PROVIDER],
    });
  }
});
