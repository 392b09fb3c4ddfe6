import type { Page } from "@playwright/test";
import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

async function openOne(page: Page): Promise<string> {
  await page.goto("/");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  const response = await page.request.post("/api/v1/streams", {
    data: { providerId: "rheumascore", tier: "professional" },
    headers: { Origin: new URL(page.url()).origin, "Idempotency-Key": crypto.randomUUID() },
  });
  expect(response.status()).toBe(201);
  return String((await response.json()).id);
}

test("the rule of automatic top-ups is set, changed and taken back beside the runway", async ({ page }) => {
  const id = await openOne(page);
  await page.goto(`/streams/${id}`);
  const rule = page.getByRole("region", { name: "Automatic top-up" });
  await expect(rule).toContainText("No automatic top-up: the stream stops when its deposit is empty.");

  await rule.getByRole("button", { name: "Top up by itself" }).click();
  const dialog = page.getByRole("dialog", { name: "Automatic top-up" });
  await dialog.getByLabel("At most in a day (USDCx)").fill("1");
  await expect(dialog.getByText("One refill is 1.666667 USDCx: the maximum must allow it.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Turn on" })).toBeDisabled();
  await dialog.getByLabel("At most in a day (USDCx)").fill("20");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await expect(dialog.getByText("On: 4 h of flow are added with less than 1 h left.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(rule).toContainText("Adds 4 h when less than 1 h is left, at most 20 USDCx a day.");

  await rule.getByRole("button", { name: "Change the rule" }).click();
  await dialog.getByLabel("When less is left than").selectOption({ label: "30 min" });
  await dialog.getByLabel("For", { exact: true }).selectOption({ label: "A week" });
  await dialog.getByRole("button", { name: "Change the rule" }).click();
  await expect(dialog.getByText("On: 4 h of flow are added with less than 30 min left.")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(rule).toContainText("Adds 4 h when less than 30 min is left, at most 20 USDCx a day, until");

  await rule.getByRole("button", { name: "Turn off" }).click();
  const off = page.getByRole("dialog", { name: "Turn off the automatic top-up" });
  await expect(off.getByTestId("consequence")).toContainText("Nothing moves now");
  await off.getByRole("button", { name: "Turn it off" }).click();
  await expect(off.getByText("Off: the stream stops when its deposit is empty.")).toBeVisible();
  await off.getByRole("button", { name: "Close" }).last().click();
  await expect(rule).toContainText("No automatic top-up");
});

test("a rule that could never act is refused, and says why", async ({ page }) => {
  const id = await openOne(page);
  const set = (rule: object) =>
    page.request.put(`/api/v1/streams/${id}/auto-top-up`, {
      data: { rule: { triggerMs: 3_600_000, chunkMs: 14_400_000, dailyMax: "2000000000000000000", ...rule } },
      headers: { Origin: new URL(page.url()).origin },
    });
  const small = await set({ dailyMax: "1" });
  expect(small.status()).toBe(422);
  expect(await small.json()).toMatchObject({ code: "invalid-input", member: "dailyMax" });
  const late = await set({ expiresMs: 1_000 });
  expect(late.status()).toBe(422);
  expect(await late.json()).toMatchObject({ code: "invalid-input", member: "expiresMs" });
  expect((await set({})).status()).toBe(200);
});

test("the books of a stream are recomputed from its journal, entry by entry, and the chart is told in words", async ({
  page,
}) => {
  const id = await openOne(page);
  await page.goto(`/streams/${id}`);
  const books = page.getByRole("region", { name: "The books" });
  await expect(books).toContainText("Adds up");
  await expect(books).toContainText("1 entry of this stream’s escrow, each hashed again.");
  await expect(books).toContainText("none on this rail");
  await books.getByText("Put in").click();
  await expect(books.getByText(/^Deposit, /)).toBeVisible();

  const { holds, lines } = await (await page.request.get(`/api/v1/streams/${id}/conservation`)).json();
  expect(holds).toBe(true);
  const amounts = new Map(lines.map(({ name, amount }: { name: string; amount: string }) => [name, amount]));
  expect(amounts.get("funded")).toBe("1666666666666666667");
  expect(amounts.get("remaining")).toBe("1666666666666666667");
  expect(amounts.get("fees")).toBe("0");

  const chart = page.getByRole("img", { name: "Deposit and accrual over time" });
  await expect(chart.locator("canvas")).toBeVisible();
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await expect(chart.getByText("1.666667 USDCx")).toBeVisible();
});
