import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";

const list = (page: Page) => page.getByRole("list", { name: "Providers" });

test("a first visit gets a paid answer in four clicks, and the page says where it stands", async ({
  page,
}) => {
  let clicks = 0;
  const press = async (role: "link" | "button", name: string | RegExp) => {
    await page.getByRole(role, { name }).click();
    clicks += 1;
  };
  await page.goto("/");
  await press("link", "Try it now");
  const steps = page.getByRole("region", { name: "Your first answer, in three steps" });
  const done = steps.getByText("Done:");
  await expect(done).toHaveCount(0);

  await press("button", "Start with a demo wallet");
  await expect(page.getByRole("button", { name: /^Account 0x/ })).toBeVisible();
  await expect(done).toHaveCount(1);

  await expect(steps).toContainText(
    /Locks 0\.166667 USDCx, which flows to \w+ at 1 USDCx\/day and lasts 4 h\./,
  );
  await press("button", "Open the stream");
  await expect(done).toHaveCount(2);

  const answered = page.waitForResponse(
    (answer) => answer.url().includes("/api/p/") && answer.status() === 200,
  );
  await press("button", "Send the example");
  expect((await answered).headers()["payment-receipt"]).toBeTruthy();
  const result = page.getByRole("region", { name: "Result" });
  await expect(result.getByRole("list", { name: "Checked in this browser" })).toContainText(
    "Receipt signed by the market",
  );
  await expect(result).toContainText("Answer is what was signed");
  await expect(done).toHaveCount(3);
  expect(clicks).toBe(4);

  // What it left behind is a stream that flows, one click away.
  await steps.getByRole("link", { name: "watch it, or close it" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
});

test("facets narrow the list, count by the others, and stand in the address", async ({ page }) => {
  await page.goto("/");
  const headings = list(page).getByRole("heading");
  await expect(headings.filter({ hasText: "HolterAI" })).toBeVisible();
  const science = page.getByRole("checkbox", { name: /^Scientific computing/ });
  const data = page.getByRole("checkbox", { name: /^Data analytics/ });
  const [ofScience, ofData] = [await countOf(science), await countOf(data)];

  await science.check();
  await expect(page).toHaveURL("/?category=scientific_computing");
  await expect(headings).toHaveCount(ofScience);
  await expect(headings.filter({ hasText: "RheumaScore" })).toBeVisible();
  await expect(headings.filter({ hasText: "HolterAI" })).toBeHidden();
  await expect(page.getByText(new RegExp(`^${ofScience} of \\d+ fit$`))).toBeVisible();
  // Its own counts stay, so that a second value can be added; the other facets follow.
  expect(await countOf(data)).toBe(ofData);
  await expect(page.getByRole("checkbox", { name: /^ECG-analysis/ })).toBeHidden();

  await data.check();
  await expect(headings).toHaveCount(ofScience + ofData);
  await page.getByRole("combobox", { name: "Order" }).selectOption("newest");
  await expect(page).toHaveURL("/?category=scientific_computing&category=data_analytics&sort=newest");
  await page
    .getByRole("list", { name: "Filters in use" })
    .getByRole("link", { name: /Data analytics/ })
    .click();
  await expect(headings).toHaveCount(ofScience);
  await expect(data).not.toBeChecked();
});

/** The number that a facet's value shows. */
async function countOf(checkbox: Locator): Promise<number> {
  const label = await checkbox.locator("xpath=..").textContent();
  return Number(/(\d+) providers?$/.exec(label ?? "")?.[1]);
}

test("the search looks as one types, and an empty result says which wish to drop", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Search providers").pressSequentially("holter");
  await expect(page).toHaveURL("/?search=holter");
  await expect(list(page).getByRole("heading")).toHaveText(["HolterAI"]);
  await page.goto("/?search=holter&category=ai_ml");
  await expect(page.getByRole("heading", { name: "No provider fits all of this" })).toBeVisible();
  await page.getByRole("link", { name: "Without “holter”: 1" }).click();
  await expect(list(page).getByRole("heading")).toHaveText(["DNAI"]);
  await expect(page.getByLabel("Search providers")).toHaveValue("");
});

test("picked providers are compared side by side, and the address can be shared", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("checkbox", { name: "Compare DNAI" }).check();
  await page.getByLabel("Search providers").fill("holter");
  await expect(list(page).getByRole("heading")).toHaveText(["HolterAI"]);
  await page.getByRole("checkbox", { name: "Compare HolterAI" }).check();
  await expect(page.getByText("2 of 4 picked")).toBeVisible();
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await expect(page).toHaveURL("/compare?ids=dnai,holterai");
  const table = page.getByRole("region", { name: "Comparison" }).getByRole("table");
  await expect(table.getByRole("columnheader")).toContainText(["DNAI", "HolterAI"]);
  await expect(table.getByRole("row", { name: /^Calls at once/ }).getByRole("cell")).toHaveText(["16", "16"]);
  await table.getByRole("link", { name: "Remove DNAI" }).click();
  await expect(page).toHaveURL("/compare?ids=holterai");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the market is searched, narrowed and compared by forms and links", async ({ page }) => {
    // A page of the fixtures waits for React, which is not coming.
    await page.context().newPage();
    const plain = page.context().pages().at(-1);
    if (!plain) throw new Error("No page.");
    await plain.goto("/");
    await plain.getByLabel("Search providers").fill("qtc");
    await plain.getByRole("checkbox", { name: /^Data analytics/ }).check();
    await plain.getByRole("button", { name: "Search" }).click();
    await expect(plain).toHaveURL(/search=qtc/);
    await expect(plain).toHaveURL(/category=data_analytics/);
    await expect(list(plain).getByRole("heading")).toHaveText(["HolterAI"]);
    await plain.getByRole("checkbox", { name: "Compare HolterAI" }).check();
    await plain.getByRole("button", { name: "Compare the picked providers" }).click();
    await expect(plain).toHaveURL("/compare?ids=holterai");
  });
});

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the menu opens by keyboard, holds the focus, and gives it back", async ({ page }) => {
    await page.goto("/");
    const button = page.getByRole("button", { name: "Menu" });
    await button.focus();
    await page.keyboard.press("Enter");
    const menu = page.getByRole("dialog", { name: "Menu" });
    await expect(menu.getByRole("link")).toHaveText([
      "Market",
      "Streams",
      "Wallet",
      "Simulator",
      "Status",
      "Docs",
    ]);
    await expect(menu.getByRole("link", { name: "Market" })).toHaveAttribute("aria-current", "page");
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(button).toBeFocused();
    await page.keyboard.press("Enter");
    await menu.getByRole("link", { name: "Streams" }).click();
    await expect(page).toHaveURL("/streams");
    await expect(menu).toBeHidden();
  });

  test("the filters are behind a button", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("checkbox", { name: /^Data analytics/ })).toBeHidden();
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("checkbox", { name: /^Data analytics/ }).check();
    await expect(list(page).getByRole("heading")).toHaveText(["HolterAI"]);
    await expect(page.getByRole("button", { name: "Filters (1)" })).toBeVisible();
  });
});
