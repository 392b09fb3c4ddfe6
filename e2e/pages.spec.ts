import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

const pages = [
  { path: "/", heading: "Buy services by the second" },
  { path: "/providers/rheumascore?service=sledai-2k", heading: "RheumaScore" },
  { path: "/providers/holterai", heading: "HolterAI" },
  { path: "/streams", heading: "Streams" },
  { path: "/problems/stream/deposit-exhausted", heading: "Deposit exhausted" },
];

for (const colorScheme of ["light", "dark"] as const)
  test.describe(`on a telephone, ${colorScheme}`, () => {
    test.use({ viewport: { width: 390, height: 844 }, colorScheme });

    for (const { path, heading } of pages)
      test(`${path} fits the screen`, async ({ page }) => {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toContainText(heading);
        const { scroll, client } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }));
        expect(scroll).toBeLessThanOrEqual(client);
        const paper = await page.evaluate(() => {
          const context = document.createElement("canvas").getContext("2d");
          if (!context) throw new Error("No canvas.");
          context.fillStyle = getComputedStyle(document.body).backgroundColor;
          context.fillRect(0, 0, 1, 1);
          return context.getImageData(0, 0, 1, 1).data[0] ?? 0;
        });
        expect(paper < 128).toBe(colorScheme === "dark");
      });
  });

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a stream with its dialogs fits the screen", async ({ page }) => {
    await page.goto("/providers/dnai");
    await signInWithDemoWallet(page);
    await takePlayMoney(page);
    await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
    const opening = page.getByRole("dialog", { name: "Open a stream" });
    await opening.getByLabel("Top up automatically").check();
    await opening.getByRole("button", { name: "Open stream" }).click();
    await opening.getByRole("link", { name: "Watch the stream" }).click();
    await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
    await expect(page.getByText(/^Adds 4 h when less than 1 h is left/)).toBeVisible();
    const over = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await over()).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Turn off" }).click();
    const dialog = page.getByRole("dialog", { name: "Turn off the automatic top-up" });
    await dialog.getByRole("button", { name: "Turn it off" }).click();
    await expect(dialog.getByText("Off: the stream stops when its deposit is empty.")).toBeVisible();
    expect(await over()).toBeLessThanOrEqual(0);
  });
});

test("the theme is the reader's choice, and is painted by the server the next time", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: dark" }).waitFor();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get("/")).text();
  expect(html).toContain('data-theme="dark"');
});

test("what is not there is a 404, and says where to go", async ({ page }) => {
  for (const path of ["/providers/nobody", "/receipts/req_unknown", "/problems/unknown", "/nowhere"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole("main").getByRole("link", { name: "To the market" })).toBeVisible();
  }
});

test("somebody else's stream is as little there as one that never was", async ({
  page,
  browser,
  baseURL,
}) => {
  await page.goto("/providers/dnai");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, basic tier" }).click();
  await page.getByRole("button", { name: "Open stream" }).click();
  await page.getByRole("link", { name: "Watch the stream" }).click();
  await page.waitForURL(/\/streams\/str_/);
  const { pathname } = new URL(page.url());

  const stranger = await (await browser.newContext({ ...(baseURL ? { baseURL } : {}) })).newPage();
  await stranger.goto("/");
  await signInWithDemoWallet(stranger);
  const response = await stranger.goto(pathname);
  expect(response?.status()).toBe(404);
  await stranger.context().close();
});
