import type { Page } from "@playwright/test";
import { providerListing } from "../lib/testing/provider-listing";
import { expect, millionths, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";
import { newAgent, post } from "./new-agent";

/** Opens streams as the signed-in account does, over the API, and gives their ids. */
async function openStreams(page: Page, wanted: { providerId: string; tier: string }[]): Promise<string[]> {
  const ids: string[] = [];
  for (const data of wanted) {
    const response = await page.request.post("/api/v1/streams", {
      data,
      headers: { Origin: new URL(page.url()).origin, "Idempotency-Key": crypto.randomUUID() },
    });
    expect(response.status()).toBe(201);
    ids.push(String((await response.json()).id));
  }
  return ids;
}

const three = [
  { providerId: "dnai", tier: "basic" },
  { providerId: "rheumascore", tier: "professional" },
  { providerId: "rheumascore", tier: "basic" },
];

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
});

test("a list of streams counts, says what they come to, and shows those that are asked for", async ({
  page,
}) => {
  await openStreams(page, three);
  await page.goto("/streams");
  const list = page.getByRole("list", { name: "Your streams" });
  await expect(list.getByRole("listitem")).toHaveCount(3);
  const all = page.locator("dl[aria-label='All streams']");
  await expect(all).toContainText("of 3 streams");
  // 1 + 10 + 1 a day: 0.5 an hour; four hours of each are locked.
  await expect(all).toContainText("0.500000");
  await expect(all).toContainText("2.000000");
  await expect(all.getByRole("timer", { name: "Runway" })).toHaveText(/^03:5\d:\d\d$/);

  const counter = list.getByRole("listitem").filter({ hasText: "10 USDCx/day" }).getByLabel("Accrued");
  const before = millionths(await counter.textContent());
  await expect.poll(async () => millionths(await counter.textContent())).toBeGreaterThan(before);

  await page.getByLabel("Provider").selectOption({ label: "DNAI" });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await page.getByLabel("State").selectOption("paused");
  await expect(page.getByText("None of your 3 streams fits these filters.")).toBeVisible();
  await page.getByRole("link", { name: "Show all streams" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(3);
});

test("several streams are closed at once: one that got no answer is said and tried again, and the money adds up", async ({
  page,
}) => {
  const ids = await openStreams(page, three);
  await page.goto("/streams");
  await page.getByLabel("Choose all open streams on this page").check();
  await page.getByRole("button", { name: "Close 3" }).click();
  const dialog = page.getByRole("dialog", { name: "Close 3 streams" });
  await expect(dialog.getByTestId("consequence")).toContainText("In all, USDCx");

  // The first answer is lost on the way back, after the server has closed the stream.
  let lost = 0;
  await page.route("**/close", async (route) => {
    lost += 1;
    if (lost > 1) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await dialog.getByRole("button", { name: "Close 3 streams and settle" }).click();
  await expect(dialog.getByText("2 of 3 closed, 1 not")).toBeVisible();
  await expect(dialog.getByText("No answer came back.")).toBeVisible();
  await dialog.getByRole("button", { name: "Try 1 again" }).click();
  await expect(dialog.getByText("3 closed")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("list", { name: "Your streams" }).getByText("Settled")).toHaveCount(3);

  for (const id of ids) {
    const { funded, billed, refunded, status } = await (
      await page.request.get(`/api/v1/streams/${id}`)
    ).json();
    expect(status).toBe("settled");
    expect(BigInt(billed) + BigInt(refunded)).toBe(BigInt(funded));
  }
});

test("a receiver collects from all streams at once: what one answer brings is what the wallet gets, and a lost answer is said", async ({
  page,
  baseURL,
}) => {
  const origin = String(baseURL);
  const providerId = `collects-${crypto.randomUUID().slice(0, 8)}`;
  const registered = await page.request.post("/api/v1/providers", {
    data: providerListing(providerId),
    headers: { Origin: origin, "Idempotency-Key": crypto.randomUUID() },
  });
  expect(registered.status()).toBe(200);
  await page.goto("/streams");
  await expect(page.getByText("No streams yet")).toBeVisible();
  for (const tier of ["basic", "professional"]) {
    const { bearer } = await newAgent(origin);
    await post(`${origin}/api/v1/streams`, { providerId, tier }, { Authorization: bearer });
  }

  const balance = async () => BigInt((await (await page.request.get("/api/v1/wallet")).json()).balance);
  const collect = async () => {
    await page.goto("/streams");
    await page.getByRole("button", { name: "Collect from all streams" }).click();
    const dialog = page.getByRole("dialog", { name: "Collect from all streams" });
    await expect(dialog.getByTestId("consequence")).toContainText(
      /has accrued in 2 streams by now\. It goes to your wallet/,
    );
    await dialog.getByRole("button", { name: "Collect", exact: true }).click();
    return dialog;
  };

  const before = await balance();
  const done = (await collect()).getByText(/ from 2 streams is in your wallet/);
  const [, whole = "", parts = ""] = /(\d+)\.(\d{18})/.exec((await done.textContent()) ?? "") ?? [];
  expect(await done.textContent()).not.toContain("At least");
  expect(BigInt(whole + parts)).toBeGreaterThan(0n);
  expect((await balance()) - before).toBe(BigInt(whole + parts));

  // The server collects, but its answer is lost: what it brought is in the wallet, and the dialog does not claim to know it.
  await page.route("**/streams/collect", async (route) => {
    await route.fetch();
    await route.abort();
  });
  const dialog = await collect();
  await expect(dialog.getByText("No answer came back.")).toBeVisible();
  expect(await balance()).toBeGreaterThan(before + BigInt(whole + parts));
  await page.unroute("**/streams/collect");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog.getByText(/^At least .* from 2 streams is in your wallet/)).toBeVisible();
});

test("with Shift, all streams between two are chosen, and the keyboard reaches every box", async ({
  page,
}) => {
  await openStreams(page, three);
  await page.goto("/streams");
  const boxes = page.getByRole("list", { name: "Your streams" }).getByRole("checkbox");
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 chosen")).toBeVisible();
  await boxes.nth(1).focus();
  await page.keyboard.press("Space");
  await expect(page.getByText("2 chosen")).toBeVisible();
});

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the list, its chosen streams and the dialog fit the screen", async ({ page }) => {
    await openStreams(page, three);
    await page.goto("/streams");
    const over = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await over()).toBeLessThanOrEqual(0);
    await page.getByLabel("Choose all open streams on this page").check();
    await page.getByRole("button", { name: "Close 3" }).click();
    await expect(page.getByRole("dialog", { name: "Close 3 streams" })).toBeVisible();
    expect(await over()).toBeLessThanOrEqual(0);
  });
});
