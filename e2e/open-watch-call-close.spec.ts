import { expect, millionths, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

test("a newcomer opens a stream, watches it flow, makes a paid call, tops up, closes, and the money adds up", async ({
  page,
}) => {
  await page.goto("/");
  await expect(page.getByText("Devnet: play money.")).toBeVisible();
  await page.getByLabel("Search providers").fill("rheumascore");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("list", { name: "Providers" }).getByRole("listitem").first()).toContainText(
    "RheumaScore",
  );
  await page.getByRole("link", { name: "RheumaScore", exact: true }).click();

  // Without paying, the provider says what it costs.
  await page
    .getByRole("navigation", { name: "Services" })
    .getByRole("link", { name: /^DAS28-ESR/ })
    .click();
  await page.getByRole("button", { name: "Call DAS28-ESR" }).click();
  await expect(page.getByText("402 Payment Required: as it should be")).toBeVisible();

  await signInWithDemoWallet(page);
  await takePlayMoney(page);

  // Open a stream.
  await page.getByRole("button", { name: "Open a stream, professional tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  await expect(opening.getByLabel("Deposit (USDCx)")).toHaveValue("1.666667");
  await expect(opening.getByTestId("consequence")).toContainText(
    "1.666667 USDCx leaves your wallet and is locked",
  );
  await expect(opening.getByTestId("consequence")).toContainText("lasts 4 h");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("is locked and flows to RheumaScore")).toBeVisible();
  await opening.getByRole("button", { name: "Close" }).last().click();

  // The paid call, from the form of the service's schema.
  await expect(page.getByRole("heading", { name: "Your stream" })).toBeVisible();
  await page.getByLabel("Tender joints").fill("29");
  await page.getByRole("button", { name: "Call DAS28-ESR" }).click();
  await expect(page.getByText("At most 28.")).toBeVisible();
  await page.getByLabel("Tender joints").fill("4");
  await page.getByRole("button", { name: "Call DAS28-ESR" }).click();
  const result = page.getByRole("region", { name: "Result" });
  // 0.56·√4 + 0.28·√5 + 0.70·ln 44 + 0.014·12 = 4.56
  await expect(result).toContainText("4.56");
  const wire = page.getByRole("list", { name: "On the wire" }).getByRole("listitem");
  await expect(wire).toHaveCount(2);
  await expect(wire.nth(0)).toContainText("402");
  await expect(wire.nth(1)).toContainText("200");

  // The second call goes by the session token: one request.
  await page.getByRole("button", { name: "Call DAS28-ESR" }).click();
  await expect(wire).toHaveCount(1);
  await expect(wire.first()).toContainText("session token");
  await expect(wire.first()).toContainText("200");

  // The receipt, checked on its own page.
  await result.getByRole("link", { name: "Receipt" }).click();
  await expect(page.getByText("The signature is valid")).toBeVisible();
  await expect(page.getByText("Request and answer are committed to")).toBeVisible();

  // The stream, live.
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Streams" }).click();
  await page.getByRole("list", { name: "Your streams" }).getByRole("link", { name: "RheumaScore" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  const accrued = page.getByRole("region", { name: "Counter" }).getByLabel("Accrued");
  const before = millionths(await accrued.textContent());
  await expect.poll(async () => millionths(await accrued.textContent())).toBeGreaterThan(before + 100n);
  await expect(page.getByText("2 served, 0 refused")).toBeVisible();
  await expect(page.getByRole("timer", { name: "Runway" }).first()).toHaveText(/^03:5\d:\d\d$/);

  // Top up: four more hours.
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  const topUp = page.getByRole("dialog", { name: "Top up" });
  await topUp.getByRole("button", { name: "Top up" }).click();
  await expect(topUp.getByText("The deposit is now 3.333334 USDCx")).toBeVisible();
  await topUp.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("timer", { name: "Runway" }).first()).toHaveText(/^07:5\d:\d\d$/);

  // Pause and resume.
  await page.getByRole("button", { name: "Pause" }).click();
  const pausing = page.getByRole("dialog", { name: "Pause the stream" });
  await pausing.getByRole("button", { name: "Pause" }).click();
  await expect(pausing.getByText(/^Paused at .* stays locked\.$/)).toBeVisible();
  await pausing.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Paused");
  await page.getByRole("button", { name: "Resume" }).click();
  const resuming = page.getByRole("dialog", { name: "Resume the stream" });
  await resuming.getByRole("button", { name: "Resume" }).click();
  await expect(resuming.getByText(/^It flows again, and lasts for 7 h 59 min\.$/)).toBeVisible();
  await resuming.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");

  // Close: paid and returned add up to what was put in, to the last base unit.
  await page.getByRole("button", { name: "Close stream" }).click();
  const closing = page.getByRole("dialog", { name: "Close the stream" });
  await closing.getByRole("button", { name: "Close and settle" }).click();
  await expect(closing.getByText("Owed: nothing.")).toBeVisible();
  await closing.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Settled");
  const money = page.getByRole("region", { name: "Where the money is" });
  const exact = async (label: string) => {
    const line = money
      .locator("div")
      .filter({ has: page.getByText(label, { exact: true }) })
      .last();
    const title = await line.locator("[title]").first().getAttribute("title");
    return BigInt((title ?? "").replace(/\D/g, ""));
  };
  const [paid, returned, putIn] = [
    await exact("Paid to the provider"),
    await exact("Returned to the sender"),
    await exact("Put in"),
  ];
  expect(putIn).toBe(3_333_334_000_000_000_000n);
  expect(paid).toBeGreaterThan(0n);
  expect(paid + returned).toBe(putIn);
  await expect(page.getByRole("list", { name: "Events" }).getByRole("listitem").first()).toContainText(
    "Settled at",
  );
});
