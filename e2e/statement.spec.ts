import { readFile } from "node:fs/promises";
import { expect, signInWithDemoWallet, test } from "./fixtures";

test("the statement tells every movement, adds up, is filtered, and is handed out as a file", async ({
  page,
}) => {
  await page.goto("/wallet");
  await expect(page.getByRole("heading", { name: "Sign in to see your wallet" })).toBeVisible();
  await signInWithDemoWallet(page);
  await expect(page.getByText("Nothing has moved yet.")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Get play money" }).click();
  await expect(page.getByText("Your wallet holds 100 USDCx of play money.")).toBeVisible();
  const headers = () => ({ Origin: new URL(page.url()).origin, "Idempotency-Key": crypto.randomUUID() });
  const opened = await page.request.post("/api/v1/streams", {
    data: { providerId: "rheumascore", tier: "professional" },
    headers: headers(),
  });
  const { id } = await opened.json();
  expect((await page.request.post(`/api/v1/streams/${id}/close`, { headers: headers() })).status()).toBe(200);

  await page.goto("/wallet");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows).toHaveCount(4); // And the head.
  await expect(rows.nth(1)).toContainText("Returned by a stream to RheumaScore");
  await expect(rows.nth(2)).toContainText("Deposit for a stream to RheumaScore");
  await expect(rows.nth(2)).toContainText("1.666667");
  await expect(rows.nth(3)).toContainText("Play money from the faucet");

  const { summary } = await (await page.request.get("/api/v1/wallet/statement")).json();
  const { balance } = await (await page.request.get("/api/v1/wallet")).json();
  expect(BigInt(summary.opening) + BigInt(summary.received) - BigInt(summary.sent)).toBe(
    BigInt(summary.closing),
  );
  expect(summary.closing).toBe(balance);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^superstream-statement-0x[0-9a-f]{6}\.csv$/);
  const lines = (await readFile(await file.path(), "utf8")).split("\r\n");
  expect(lines).toHaveLength(5); // Head, three movements, and the end of the last line.
  expect(lines[1]).toContain(",100,100,USDCx,100000000000000000000,100000000000000000000,");
  expect(lines[2]).toContain(",-1.666666666666666667,98.333333333333333333,USDCx,-1666666666666666667,");
  expect(lines[3]?.split(",").at(-2)).toBe(balance);

  await page.getByLabel("Show").selectOption({ label: "Deposits" });
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole("link", { name: "Download CSV" })).toHaveAttribute("href", /kind=deposit/);
  await page.getByLabel("From", { exact: true }).fill("2020-01-01");
  await page.getByLabel("To", { exact: true }).fill("2020-01-02");
  await expect(page.getByText("No movement of this kind in this period.")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows).toHaveCount(4);
  await rows.nth(2).getByRole("link", { name: "Deposit for a stream to RheumaScore" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Settled");
});

test("somebody who is not signed in gets no statement", async ({ page }) => {
  for (const path of ["/api/v1/wallet/statement", "/api/v1/wallet/statement.csv"])
    expect((await page.request.get(path)).status()).toBe(401);
});
