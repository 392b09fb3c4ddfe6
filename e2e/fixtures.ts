import { test as base, expect, type Page } from "@playwright/test";
import { devnetUrl } from "./devnet-url";

/** What every spec shares: pages are used when they are alive; nothing red in the console, no request to anybody else than the site and its chain. */
export const test = base.extend<{ clean: undefined }>({
  page: async ({ page }, use) => {
    const goto = page.goto.bind(page);
    const reload = page.reload.bind(page);
    page.goto = async (...args) => {
      const response = await goto(...args);
      await untilAlive(page);
      return response;
    };
    page.reload = async (...args) => {
      const response = await reload(...args);
      await untilAlive(page);
      return response;
    };
    await use(page);
  },
  clean: [
    async ({ page, baseURL }, use) => {
      const wrong: string[] = [];
      const own = [new URL(baseURL ?? "").host, new URL(devnetUrl()).host];
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("console", (message) => {
        // The browser reports every answer of 400 and above; the specs assert those that they cause.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          wrong.push(message.text());
      });
      page.on("request", (request) => {
        const { protocol, host } = new URL(request.url());
        if (protocol.startsWith("http") && !own.includes(host)) wrong.push(`asked ${host}`);
      });
      await use(undefined);
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

/** React listens to every button. Before that a click is lost: a person clicks again, a test would wait in vain. */
async function untilAlive(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("button")].every((button) =>
      Object.keys(button).some((key) => key.startsWith("__react")),
    ),
  );
}

/** Signs in with a demo wallet that this browser context makes anew. */
export async function signInWithDemoWallet(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign in", exact: true }).first().click();
  await page
    .getByRole("dialog", { name: "Sign in" })
    .getByRole("button", { name: "Use demo wallet" })
    .click();
  await expect(page.getByRole("button", { name: /^Account 0x/ })).toBeVisible();
}

/** 100 USDCx of play money from the account menu. */
export async function takePlayMoney(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account 0x/ }).click();
  await page.getByRole("button", { name: "Get play money" }).click();
  await expect(page.getByText("Your wallet holds 100 USDCx of play money.")).toBeVisible();
  await page.keyboard.press("Escape");
}

/** An amount that a page shows, in millionths, so that the test compares whole numbers. */
export function millionths(text: string | null): bigint {
  const match = /(\d+)\.(\d{6})/.exec(text ?? "");
  if (!match) throw new Error(`No amount in ${text}`);
  return BigInt(`${match[1]}${match[2]}`);
}

export { expect };
