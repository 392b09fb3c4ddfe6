import type { Page } from "@playwright/test";
import type { Hex } from "viem";
import { connectFundedWallet } from "./connect-wallet";
import { expect, millionths, test } from "./fixtures";
import { sendHeld } from "./injected-wallet";

const PROVIDER = "/providers/rheumascore?service=cdai";

test("a wallet opens a Superfluid stream by one transaction, watches it, calls, and closes it", async ({
  page,
}) => {
  const asked: string[] = [];
  const wallet = {
    name: "Test Wallet",
    chainId: 31_337,
    onRequest: (method: string) => void asked.push(method),
  };
  await connectFundedWallet(page, PROVIDER, wallet);

  const opening = await chooseRail(page, "Superfluid");
  await expect(opening.getByTestId("consequence")).toContainText("Buffer, comes back");
  await expect(opening.getByTestId("consequence")).toContainText("1 transaction");
  asked.length = 0;
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
  expect(asked.filter((method) => /send|sign/i.test(method))).toEqual(["eth_sendTransaction"]);
  await opening.getByRole("button", { name: "Close" }).last().click();

  await callCdai(page);
  await page
    .getByRole("link", { name: "To your stream" })
    .or(page.getByRole("link", { name: "Watch" }))
    .first()
    .click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  await expect(page.getByRole("region", { name: "On Superstream devnet" })).toBeVisible();
  await expectToMove(page);

  await page.getByRole("button", { name: "Close stream" }).click();
  const closing = page.getByRole("dialog", { name: "Close the stream" });
  await closing.getByRole("button", { name: "Close and settle" }).click();
  await expect(closing.getByText("The chain has it.")).toBeVisible();
  await closing.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Settled");
});

test("a wallet locks USDC in StreamPay, tops it up, and gets the rest back", async ({ page }) => {
  await connectFundedWallet(page, PROVIDER, { name: "Test Wallet", chainId: 31_337 });

  const opening = await chooseRail(page, "StreamPay");
  await opening.getByLabel("How long the money shall last").selectOption({ label: "4 h" });
  await expect(opening.getByTestId("consequence")).toContainText("once, and it costs nothing");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("The stream is active: USDC flows to RheumaScore.")).toBeVisible();
  await opening.getByRole("link", { name: "Watch the stream" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  await expectToMove(page);

  await page.getByRole("button", { name: "Top up", exact: true }).click();
  const topUp = page.getByRole("dialog", { name: "Top up" });
  await topUp.getByRole("button", { name: "Top up" }).click();
  await expect(topUp.getByText("The chain has it.")).toBeVisible();
  await topUp.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("timer", { name: "Runway" }).first()).toHaveText(/^07:5\d:\d\d$/);

  await page.getByRole("button", { name: "Close stream" }).click();
  const closing = page.getByRole("dialog", { name: "Close the stream" });
  await closing.getByRole("button", { name: "Close and settle" }).click();
  await expect(closing.getByText("The chain has it.")).toBeVisible();
  await closing.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Settled");
});

test("a transaction that is refused in the wallet opens nothing, and can be asked for again", async ({
  page,
}) => {
  const wallet = { name: "Test Wallet", chainId: 31_337, refuse: ["eth_sendTransaction"] };
  await connectFundedWallet(page, PROVIDER, wallet);
  const opening = await chooseRail(page, "Superfluid");
  const open = opening.getByRole("button", { name: "Open stream" });
  await open.click();
  await expect(opening.getByText("You refused it in the wallet, so nothing was sent.")).toBeVisible();
  await expect(opening.getByRole("list", { name: "Progress" })).toContainText("Refused");

  wallet.refuse.length = 0;
  await open.click();
  await expect(opening.getByText("The stream is active: USDCx flows to RheumaScore.")).toBeVisible();
});

test("a reload while the transaction is under way loses nothing: it is followed to its end", async ({
  page,
}) => {
  const wallet = { name: "Test Wallet", chainId: 31_337, held: [] as Hex[] };
  await connectFundedWallet(page, PROVIDER, wallet);
  const opening = await chooseRail(page, "Superfluid");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("You may leave: it goes on without this page.")).toBeVisible();

  await page.reload();
  await expect(page.getByText("Open a stream to RheumaScore: sent, not confirmed yet")).toBeVisible();
  await sendHeld(wallet.held);
  await expect(page.getByText("Open a stream to RheumaScore: confirmed")).toBeVisible();
  // The market reads the chain a moment after the wallet does.
  await expect(async () => {
    await page.goto("/streams");
    const mine = page.getByRole("list", { name: "Your streams" });
    await expect(mine.getByRole("link", { name: "RheumaScore" })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
});

test("streams of both rails are closed together, by one transaction for each", async ({ page }) => {
  const asked: string[] = [];
  const wallet = {
    name: "Test Wallet",
    chainId: 31_337,
    onRequest: (method: string) => void asked.push(method),
  };
  await connectFundedWallet(page, PROVIDER, wallet);
  for (const rail of ["Superfluid", "StreamPay", "StreamPay"] as const) {
    const opening = await chooseRail(page, rail);
    await opening.getByRole("button", { name: "Open stream" }).click();
    await expect(opening.getByText("The stream is active")).toBeVisible();
    await opening.getByRole("button", { name: "Close" }).last().click();
  }
  await page.goto("/streams");
  await page.getByRole("checkbox", { name: "Choose all open streams on this page" }).check();
  await page.getByRole("button", { name: "Close 3" }).click();
  const closing = page.getByRole("dialog", { name: "Close 3 streams" });
  await expect(closing.getByText("2 transactions that your wallet signs")).toBeVisible();
  asked.length = 0;
  await closing.getByRole("button", { name: "Close 3 streams and settle" }).click();
  await expect(closing.getByText("3 closed")).toBeVisible();
  expect(asked.filter((method) => /send|sign/i.test(method))).toEqual([
    "eth_sendTransaction",
    "eth_sendTransaction",
  ]);
});

async function chooseRail(page: Page, name: "Superfluid" | "StreamPay") {
  await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  const label = `${name} (${name === "Superfluid" ? "USDCx" : "USDC"}, on Superstream devnet)`;
  await opening.getByLabel("Where the money sits").selectOption({ label });
  return opening;
}

async function callCdai(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Your stream" })).toBeVisible();
  await page.getByRole("button", { name: "Call CDAI" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("15");
}

/** The counter counts between two looks, without a request. */
async function expectToMove(page: Page): Promise<void> {
  const accrued = page.getByRole("region", { name: "Counter" }).getByLabel("Accrued");
  const before = millionths(await accrued.textContent());
  await expect.poll(async () => millionths(await accrued.textContent())).toBeGreaterThan(before);
}
