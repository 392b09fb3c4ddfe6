import type { Page } from "@playwright/test";
import { type Hex, parseAbi, parseUnits } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainClient } from "./chain-client";
import { connectFundedWallet } from "./connect-wallet";
import { expect, test } from "./fixtures";
import { sendHeld } from "./injected-wallet";
import { chooseRail, openOnRail } from "./open-on-rail";

const PROVIDER = "/providers/rheumascore?service=cdai";

/** A wallet and what it was asked that a person sees: signatures and transactions. */
function someWallet(options: { batches?: boolean; held?: Hex[]; refuse?: string[] } = {}) {
  const prompts: string[] = [];
  const onRequest = (method: string) => {
    if (/^eth_send|_sign|wallet_sendCalls/.test(method)) prompts.push(method);
  };
  return { prompts, wallet: { name: "Test Wallet", chainId: 31_337, ...options, onRequest } };
}

/** Leaves a wallet with USDC alone, as most people's are. */
async function unwrapAll(account: PrivateKeyAccount): Promise<void> {
  const client = chainClient(account);
  const hash = await client.writeContract({
    address: DEVNET.usdcx,
    abi: parseAbi(["function downgrade(uint256)"]),
    functionName: "downgrade",
    args: [parseUnits("10000", 18)],
  });
  await client.waitForTransactionReceipt({ hash });
}

/** Transactions that the account has sent so far: each costs it gas. */
function transactionsOf(account: PrivateKeyAccount): Promise<number> {
  return chainClient(account).getTransactionCount({ address: account.address });
}

async function openOnSuperfluid(page: Page, says: string): Promise<void> {
  const opening = await chooseRail(page, "Superfluid");
  await expect(opening.getByTestId("consequence")).toContainText("Wrapped for it");
  await expect(opening.getByTestId("consequence")).toContainText(says);
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
  await opening.getByRole("link", { name: "Watch the stream" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
}

async function topUp(page: Page, says: string): Promise<void> {
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Top up" });
  await expect(dialog.getByText(says)).toBeVisible();
  await dialog.getByRole("button", { name: "Top up" }).click();
  await expect(dialog.getByText("The chain has it.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
}

async function wrap(page: Page, says: string): Promise<void> {
  await page.goto("/wallet");
  const holdings = page.getByRole("region", { name: "On Superstream devnet" });
  await holdings.getByRole("button", { name: "Wrap USDC", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Wrap USDC" });
  await dialog.getByLabel("Amount (USDC)").fill("25");
  await expect(dialog.getByTestId("consequence")).toContainText(says);
  await dialog.getByRole("button", { name: "Wrap" }).click();
  await expect(dialog.getByText("The chain has it.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
}

test("a smart wallet with USDC alone is asked once to open, once to top up, once to wrap", async ({
  page,
}) => {
  const { wallet, prompts } = someWallet({ batches: true });
  const account = await connectFundedWallet(page, PROVIDER, wallet);
  await unwrapAll(account);
  const before = await transactionsOf(account);
  prompts.length = 0;
  await openOnSuperfluid(page, "once: your wallet makes it 1 transaction");
  expect(prompts).toEqual(["wallet_sendCalls"]);
  await topUp(page, "Your wallet asks once");
  expect(prompts).toEqual(["wallet_sendCalls", "wallet_sendCalls"]);
  await wrap(page, "Your wallet asks once");
  expect(prompts).toEqual(["wallet_sendCalls", "wallet_sendCalls", "wallet_sendCalls"]);
  // The first one also gives the account its code, which counts as one more of its own.
  expect((await transactionsOf(account)) - before).toBe(6);
});

test("another wallet with USDC alone signs a permit that costs nothing, and sends one transaction each time", async ({
  page,
}) => {
  const { wallet, prompts } = someWallet();
  const account = await connectFundedWallet(page, PROVIDER, wallet);
  await unwrapAll(account);
  const before = await transactionsOf(account);
  const permitAndSend = ["eth_signTypedData_v4", "eth_sendTransaction"];
  prompts.length = 0;
  await openOnSuperfluid(page, "a permit, which costs nothing, then 1 transaction");
  expect(prompts).toEqual(permitAndSend);
  await topUp(page, "Your wallet asks at most twice");
  await wrap(page, "Your wallet asks at most twice");
  expect(prompts).toEqual([...permitAndSend, ...permitAndSend, ...permitAndSend]);
  expect((await transactionsOf(account)) - before).toBe(3);
});

test("StreamPay is topped up by an authorisation that costs nothing and one transaction", async ({
  page,
}) => {
  const { wallet, prompts } = someWallet();
  await connectFundedWallet(page, PROVIDER, wallet);
  const opening = await openOnRail(page, "StreamPay");
  await opening.getByRole("link", { name: "Watch the stream" }).click();
  prompts.length = 0;
  await topUp(page, "Your wallet asks at most twice");
  expect(prompts).toEqual(["eth_signTypedData_v4", "eth_sendTransaction"]);
});

test("a smart wallet that refuses opens nothing and says so", async ({ page }) => {
  const { wallet, prompts } = someWallet({ batches: true, refuse: ["wallet_sendCalls"] });
  await unwrapAll(await connectFundedWallet(page, PROVIDER, wallet));
  prompts.length = 0;
  const opening = await chooseRail(page, "Superfluid");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("You refused it in the wallet, so nothing was sent.")).toBeVisible();
  expect(prompts).toEqual(["wallet_sendCalls"]);
});

test("calls that a smart wallet has and no block yet are followed over a reload", async ({ page }) => {
  const held: Hex[] = [];
  const { wallet } = someWallet({ batches: true, held });
  await unwrapAll(await connectFundedWallet(page, PROVIDER, wallet));
  const opening = await chooseRail(page, "Superfluid");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("You may leave: it goes on without this page.")).toBeVisible();

  await page.reload();
  await expect(page.getByText("Open a stream to RheumaScore: sent, not confirmed yet")).toBeVisible();
  await sendHeld(held);
  await expect(page.getByText("Open a stream to RheumaScore: confirmed")).toBeVisible();
  // The market reads the chain a moment after the wallet does.
  await expect(async () => {
    await page.goto("/streams");
    const mine = page.getByRole("list", { name: "Your streams" });
    await expect(mine.getByRole("link", { name: "RheumaScore" })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
});
