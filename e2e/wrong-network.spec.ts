import { expect, takePlayMoney, test } from "./fixtures";
import { injectWallet } from "./injected-wallet";

test("a wallet on another network is taken to the right one, and then signs", async ({ page }) => {
  const asked: string[] = [];
  const wallet = { name: "Test Wallet", chainId: 1, onRequest: (method: string) => void asked.push(method) };
  const account = await injectWallet(page, wallet);
  await page.goto("/providers/rheumascore?service=cdai");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Connect a wallet" }).click();
  await page
    .getByTestId(/^rk-wallet-option-/)
    .filter({ hasText: "Test Wallet" })
    .click();
  await page.getByTestId("rk-auth-message-button").filter({ hasText: "Sign message" }).click();
  await expect(page.getByRole("button", { name: `Account ${account.address}` })).toBeVisible();
  // It did not know the chain, so it was given it while it connected.
  expect(asked).toContain("wallet_addEthereumChain");
  expect(wallet.chainId).toBe(31_337);
  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("is locked and flows to RheumaScore")).toBeVisible();
  wallet.chainId = 1; // As a person does who went elsewhere in the meantime.
  await page.reload();

  await page.getByRole("button", { name: "Call CDAI" }).click();
  await expect(page.getByText("Your wallet is on chain 1")).toBeVisible();
  await page.getByRole("button", { name: "Switch to Superstream devnet" }).click();
  await expect(page.getByText("Your wallet is on chain 1")).toBeHidden();
  expect(wallet.chainId).toBe(31_337);

  await page.getByRole("button", { name: "Call CDAI" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("15");
});
