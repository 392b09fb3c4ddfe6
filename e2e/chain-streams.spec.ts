import type { Page } from "@playwright/test";
import { connectFundedWallet } from "./connect-wallet";
import { expect, millionths, test } from "./fixtures";

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
  await expect(opening.getByTestId("consequence")).toContainText(
    "a permit, which costs nothing, then 1 transaction",
  );
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
