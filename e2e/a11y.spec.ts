import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

/** What a signed-in visitor made first: streams that flow, on the ledger and on the chain, and a call that was served. */
type Made = { stream: string; receipt: string; chainStream: string };
type Case = {
  name: string;
  path: string | ((made: Made) => string);
  /** What the reader does there before it is looked at. */
  act?: (page: Page) => Promise<void>;
  status?: number;
};

/** Every page, and what opens on it. A new page is one line here. */
const cases: Case[] = [
  { name: "market", path: "/" },
  { name: "market, narrowed", path: "/?search=score&health=up&health=unknown&sort=price" },
  { name: "market, nothing fits", path: "/?search=nothing-is-called-this&category=ai_ml" },
  { name: "compare", path: "/compare?ids=dnai,holterai,rheumascore" },
  { name: "compare, nothing picked", path: "/compare" },
  { name: "provider", path: "/providers/rheumascore?service=das28-esr" },
  { name: "provider with a big form", path: "/providers/dnai", act: openAllGroups },
  { name: "provider with a result", path: "/providers/rheumascore?service=das28-esr", act: callDas28 },
  { name: "open a stream", path: "/providers/holterai", act: openDialog("Open a stream, basic tier") },
  { name: "open on StreamPay", path: "/providers/holterai", act: openOnChain("StreamPay") },
  { name: "open on Superfluid", path: "/providers/holterai", act: openOnChain("Superfluid") },
  { name: "streams", path: "/streams" },
  { name: "stream", path: ({ stream }) => stream },
  { name: "top up", path: ({ stream }) => stream, act: openDialog("Top up") },
  { name: "close", path: ({ stream }) => stream, act: openDialog("Close stream") },
  { name: "receipt", path: ({ receipt }) => receipt },
  { name: "wallet", path: "/wallet" },
  { name: "wrap", path: "/wallet", act: openDialog("Wrap USDC") },
  { name: "stream on a chain", path: ({ chainStream }) => chainStream },
  { name: "close on a chain", path: ({ chainStream }) => chainStream, act: openDialog("Close stream") },
  { name: "alerts", path: "/alerts" },
  { name: "simulator", path: "/simulator" },
  { name: "status", path: "/status" },
  { name: "docs", path: "/docs" },
  { name: "problem", path: "/problems/stream/deposit-exhausted" },
  { name: "not found", path: "/nowhere", status: 404 },
];

/** The sum that a reader would not notice; "good" ends at 0.1. */
const LAYOUT_SHIFT_MAX = 0.02;

/** Both themes and both widths: contrast hangs on the one, layout on the other. */
const looks = [
  { colorScheme: "light", width: 1440 },
  { colorScheme: "dark", width: 390 },
] as const;

for (const { colorScheme, width } of looks) {
  test.describe(`${colorScheme}, ${width} wide`, () => {
    test.use({
      colorScheme,
      viewport: { width, height: width === 390 ? 844 : 900 },
      reducedMotion: "reduce",
    });

    test("signed out, pages have no violations, stand still, and fit", async ({ page }) => {
      test.setTimeout(240_000);
      await watchLayoutShift(page);
      for (const { name, path } of [
        { name: "market, signed out", path: "/" },
        { name: "provider, signed out", path: "/providers/rheumascore" },
        { name: "streams, signed out", path: "/streams" },
        { name: "wallet, signed out", path: "/wallet" },
        { name: "alerts, signed out", path: "/alerts" },
      ])
        await test.step(name, () => look(page, name, path));
      await test.step("sign in", async () => {
        await page.getByRole("button", { name: "Sign in", exact: true }).first().click();
        await expect(page.getByRole("dialog", { name: "Sign in" })).toBeVisible();
        await expectNoViolations(page, "sign in");
      });
      if (width === 390)
        await test.step("menu", async () => {
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: "Menu" }).click();
          await expectNoViolations(page, "menu");
        });
    });

    test("signed in, pages have no violations, stand still, and fit", async ({ page }) => {
      test.setTimeout(420_000);
      const made = await makeStream(page);
      await watchLayoutShift(page);
      for (const { name, path, act, status = 200 } of cases)
        await test.step(name, async () => {
          await look(page, name, typeof path === "string" ? path : path(made), status);
          if (!act) return;
          await act(page);
          await expectToFit(page, name);
          await expectNoViolations(page, name);
        });
    });
  });
}

async function look(page: Page, name: string, path: string, status = 200): Promise<void> {
  const response = await page.goto(path);
  expect.soft(response?.status(), name).toBe(status);
  await settled(page);
  expect
    .soft(await page.evaluate(() => window.layoutShift), `${name}: layout shift`)
    .toBeLessThan(LAYOUT_SHIFT_MAX);
  await expectToFit(page, name);
  await expectNoViolations(page, name);
}

async function expectNoViolations(page: Page, name: string): Promise<void> {
  await settled(page);
  const { violations, passes } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${name}: ${id}, ${help}: ${target} ${failureSummary}`),
  );
  expect.soft(found).toEqual([]);
  expect(passes.length, `${name}: rules that looked at something`).toBeGreaterThan(10);
}

async function expectToFit(page: Page, name: string): Promise<void> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(over, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** Fonts are there, what was asked for has come, and a few frames have been painted. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 20; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    // What appears fades in: its contrast is measured when it is there.
    await Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished.catch(() => {})),
    );
  });
}

declare global {
  interface Window {
    layoutShift: number;
  }
}

/** Adds up what moves without the reader having done anything, from the first paint on. */
async function watchLayoutShift(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) window.layoutShift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
}

async function makeStream(page: Page): Promise<Made> {
  await page.goto("/providers/rheumascore?service=das28-esr");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, professional tier" }).click();
  const dialog = page.getByRole("dialog", { name: "Open a stream" });
  await dialog.getByRole("button", { name: "Open stream" }).click();
  const stream = await dialog.getByRole("link", { name: "Watch the stream" }).getAttribute("href");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  // The page has to know of the stream, or the call asks for the price only.
  await expect(page.getByRole("heading", { name: "Your stream" })).toBeVisible();
  await callDas28(page);
  const receipt = await page
    .getByRole("region", { name: "Result" })
    .getByRole("link", { name: "Receipt" })
    .getAttribute("href");
  const chainStream = await makeChainStream(page);
  if (!stream || !receipt || !chainStream) throw new Error("A stream or the receipt has no address.");
  return { stream, receipt, chainStream };
}

async function makeChainStream(page: Page): Promise<string | null> {
  await page.goto("/providers/holterai");
  await openOnChain("StreamPay")(page);
  const dialog = page.getByRole("dialog", { name: "Open a stream" });
  await dialog.getByRole("button", { name: "Open stream" }).click();
  return dialog.getByRole("link", { name: "Watch the stream" }).getAttribute("href");
}

/** Until the plan is there: what it asks is what is looked at. */
function openOnChain(rail: "StreamPay" | "Superfluid"): (page: Page) => Promise<void> {
  return async (page) => {
    await openDialog("Open a stream, basic tier")(page);
    const dialog = page.getByRole("dialog");
    const label = `${rail} (${rail === "Superfluid" ? "USDCx" : "USDC"}, on Superstream devnet)`;
    await dialog.getByLabel("Where the money sits").selectOption({ label });
    await expect(dialog.getByText("You sign")).toBeVisible();
  };
}

async function callDas28(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Call DAS28-ESR" }).click();
  await expect(page.getByText("Receipt signed by the market")).toBeVisible();
  const steps = page.getByRole("list", { name: "On the wire" }).locator("summary");
  for (const step of await steps.all()) await step.click();
}

async function openAllGroups(page: Page): Promise<void> {
  for (const group of await page.locator("main form summary").all()) await group.click();
}

function openDialog(button: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByRole("main").getByRole("button", { name: button, exact: true }).first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
  };
}
