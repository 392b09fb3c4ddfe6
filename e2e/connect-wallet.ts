import type { Page } from "@playwright/test";
import type { PrivateKeyAccount } from "viem/accounts";
import { expect, takePlayMoney } from "./fixtures";
import { injectWallet } from "./injected-wallet";

type Wallet = Parameters<typeof injectWallet>[1];

/** Announces a wallet, signs in with it through RainbowKit's dialog, and fills it from the faucet, on the ledger and on the chain. */
export async function connectFundedWallet(
  page: Page,
  path: string,
  wallet: Wallet,
): Promise<PrivateKeyAccount> {
  const account = await injectWallet(page, wallet);
  await page.goto(path);
  await page.getByRole("button", { name: "Sign in", exact: true }).first().click();
  await page.getByRole("button", { name: "Connect a wallet" }).click();
  await page
    .getByTestId(/^rk-wallet-option-/)
    .filter({ hasText: wallet.name })
    .click();
  // Before, while its message is prepared, the button takes clicks and does nothing.
  await page.getByTestId("rk-auth-message-button").filter({ hasText: "Sign message" }).click();
  await expect(page.getByRole("button", { name: `Account ${account.address}` })).toBeVisible();
  await takePlayMoney(page);
  return account;
}
