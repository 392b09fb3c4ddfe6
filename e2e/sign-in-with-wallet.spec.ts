import { expect, takePlayMoney, test } from "./fixtures";
import { injectWallet } from "./injected-wallet";

const wallet = { name: "Test Wallet", chainId: 31_337 };

test("a wallet that announces itself signs in through RainbowKit, and signs a proof after a reload", async ({
  page,
}) => {
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

  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("is locked and flows to RheumaScore")).toBeVisible();

  await page.reload();
  await page.getByRole("button", { name: "Call CDAI" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("15");
});

test("RainbowKit offers the demo wallet as well", async ({ page }) => {
  await page.goto("/streams");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Connect a wallet" }).click();
  await page.getByTestId("rk-wallet-option-demo").click();
  await page.getByTestId("rk-auth-message-button").filter({ hasText: "Sign message" }).click();
  await expect(page.getByRole("heading", { name: "No streams yet" })).toBeVisible();
});

test("a signature that is refused signs nobody in, and can be asked for again", async ({ page }) => {
  const asked: string[] = [];
  await injectWallet(page, {
    ...wallet,
    refuse: ["personal_sign"],
    onRequest: (method) => asked.push(method),
  });
  await page.goto("/streams");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Connect a wallet" }).click();
  await page
    .getByTestId(/^rk-wallet-option-/)
    .filter({ hasText: "Test Wallet" })
    .click();
  const sign = page.getByTestId("rk-auth-message-button");
  await sign.filter({ hasText: "Sign message" }).click();
  await expect.poll(() => asked).toContain("personal_sign");
  await expect(sign).toBeEnabled();
  await page.keyboard.press("Escape");
  await expect(sign).toBeHidden();
  await expect(page.getByRole("heading", { name: "Sign in to see your streams" })).toBeVisible();
});
