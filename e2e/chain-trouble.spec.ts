import type { Page } from "@playwright/test";
import { erc20Abi, type Hex } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainClient } from "./chain-client";
import { connectFundedWallet } from "./connect-wallet";
import { expect, test } from "./fixtures";
import { chooseRail } from "./open-on-rail";
import { replaceStuck } from "./replace-stuck";

const PROVIDER = "/providers/rheumascore?service=cdai";
const USDCX = { address: DEVNET.usdcx, abi: erc20Abi } as const;

test("a transaction that reverts, because the money left in between, is told as that and opens nothing; asked again it works", async ({
  page,
}) => {
  const wallet: Parameters<typeof connectFundedWallet>[2] = { name: "Test Wallet", chainId: 31_337 };
  const account = await connectFundedWallet(page, PROVIDER, wallet);
  const opening = await chooseRail(page, "Superfluid");
  await expect(opening.getByTestId("consequence")).toContainText("Buffer, comes back");

  const elsewhere = privateKeyToAccount(generatePrivateKey()).address;
  wallet.meanwhile = async () => {
    delete wallet.meanwhile;
    const chain = chainClient(account);
    const all = await chain.readContract({ ...USDCX, functionName: "balanceOf", args: [account.address] });
    expect(all).toBe(10_000n * 10n ** 18n);
    const hash = await chain.writeContract({ ...USDCX, functionName: "transfer", args: [elsewhere, all] });
    await chain.waitForTransactionReceipt({ hash });
  };
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The chain refused it", { exact: true })).toBeVisible();
  await expect(
    opening.getByText(
      "The contract refused it in the block that took it. The gas is spent, nothing else happened.",
    ),
  ).toBeVisible();
  await expect(opening.getByRole("list", { name: "Progress" })).toContainText("Refused");
  expect(await streams(page)).toEqual([]);
  expect(await remembered(page)).toEqual([]);

  // The plan is made anew by what the wallet holds now: it has to wrap first.
  await expect(opening.getByTestId("consequence")).toContainText("Wrapped for it");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
  expect(await streams(page)).toMatchObject([{ rail: "superfluid", status: "active", tier: "basic" }]);
});

test("a transaction that is sent again at a higher fee counts under its new number", async ({ page }) => {
  const { account, wallet, opening } = await withStuckOpening(page);
  const faster = await replaceStuck(account, place(wallet.stuck), "speed up");
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
  expect(await streams(page)).toMatchObject([{ status: "active", chain: { openedTx: faster } }]);
  expect(await remembered(page)).toEqual([]);
});

test("a transaction that is cancelled in the wallet is told as that and opens nothing; asked again it works", async ({
  page,
}) => {
  const { account, wallet, opening } = await withStuckOpening(page);
  await replaceStuck(account, place(wallet.stuck), "cancel");
  await expect(opening.getByText("It did not happen", { exact: true })).toBeVisible();
  await expect(opening.getByText("You cancelled it in the wallet: nothing happened.")).toBeVisible();
  expect(await streams(page)).toEqual([]);
  expect(await remembered(page)).toEqual([]);

  delete wallet.stuck;
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
});

test("what becomes of a transaction after a reload is told", async ({ page }) => {
  const { account, wallet } = await withStuckOpening(page);
  const seen = transactionSeen(page);
  await page.reload();
  await expect(page.getByText("Open a stream to RheumaScore: sent, not confirmed yet")).toBeVisible();
  await seen;
  await replaceStuck(account, place(wallet.stuck), "cancel");
  await expect(page.getByText("Open a stream to RheumaScore: It did not happen")).toBeVisible();
  await expect(page.getByText("You cancelled it in the wallet: nothing happened.")).toBeVisible();
  expect(await streams(page)).toEqual([]);
  await expect.poll(() => remembered(page)).toEqual([]);
});

/** A stream that was asked for, whose transaction waits behind another. */
async function withStuckOpening(page: Page) {
  const wallet: Parameters<typeof connectFundedWallet>[2] & { stuck?: Hex[] } = {
    ...{ name: "Test Wallet", chainId: 31_337 },
    stuck: [],
  };
  const account: PrivateKeyAccount = await connectFundedWallet(page, PROVIDER, wallet);
  const opening = await chooseRail(page, "Superfluid");
  const seen = transactionSeen(page);
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("You may leave: it goes on without this page.")).toBeVisible();
  await seen;
  return { account, wallet, opening };
}

/** The page knows a transaction that is replaced by its place in line, for which it has to have seen it once. */
function transactionSeen(page: Page): Promise<unknown> {
  return page.waitForResponse(
    (response) => response.request().postData()?.includes("eth_getTransactionByHash") ?? false,
  );
}

function place(stuck: Hex[] | undefined): Hex {
  const hash = stuck?.[0];
  if (!hash) throw new Error("The wallet has sent nothing.");
  return hash;
}

/** The signed-in account's streams, as the API has them. */
async function streams(page: Page): Promise<unknown[]> {
  return (await (await page.request.get("/api/v1/streams")).json()).items;
}

/** What this browser still waits for. */
function remembered(page: Page): Promise<unknown[]> {
  return page.evaluate(() => JSON.parse(localStorage.getItem("superstream.pending-transactions") ?? "[]"));
}
