import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures";

test.describe("given the control run's address", () => {
  test.beforeEach(({ page }) => page.goto("/simulator?preset=control"));

  test("it shows 19 authorised and 84 denied, beside the day with the rule", async ({ page }) => {
    const result = page.getByRole("region", { name: "Result" });
    await expect(result).toContainText("19 of 103");
    await expect(result).toContainText("18.5000");
    await expect(result).toContainText("every invariant held");
    const rows = page
      .getByRole("region", { name: "What the rule changes" })
      .getByRole("table")
      .getByRole("row");
    await expect(rows.filter({ hasText: "Calls authorised" })).toHaveText(/103\s*19$/);
    await expect(rows.filter({ hasText: "Calls denied" })).toHaveText(/0\s*84$/);
    await expect(rows.filter({ hasText: "Paid, USDCx" })).toHaveText(/111\.000000\s*18\.500000$/);
  });

  test("each stream has a chart that can be read without seeing it", async ({ page }) => {
    const stream = page.getByRole("region", { name: "Stream s1" });
    await expect(stream.getByRole("img", { name: /with 5 denied calls/ })).toBeVisible();
    await expect(stream).toContainText("2 served, 5 denied");
    await expect(stream.getByRole("table").getByRole("row").filter({ hasText: "02:00:00" })).toContainText(
      "0.833333",
    );
  });

  test("the table shows the denied calls of one stream only, and gives all of them as a file", async ({
    page,
  }) => {
    const table = page.getByRole("region", { name: "Every request" });
    await expect(table.getByRole("status")).toHaveText("1 to 20 of 103");
    await table.getByLabel("Stream").selectOption("s2");
    await table.getByLabel("Decision").selectOption("denied");
    await expect(table.getByRole("status")).toHaveText("1 to 20 of 79");
    const first = table.getByRole("row").nth(1);
    await expect(first).toContainText("04:15:00");
    await expect(first).toContainText("Deposit exhausted");
    await expect(first).toContainText("17.708333");
    await table.getByRole("button", { name: "Later requests" }).click();
    await expect(table.getByRole("status")).toHaveText("21 to 40 of 79");

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      table.getByRole("button", { name: "CSV" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("superstream-simulation.csv");
    const lines = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines).toHaveLength(104);
    expect(lines[1]).toBe("0,s2,protocol-audit,authorised,,0.000000000000000000,16.666666666666666667");
  });
});

test("given no choice, the day with the rule is played, and the other is a click away", async ({ page }) => {
  await page.goto("/simulator");
  const result = page.getByRole("region", { name: "Result" });
  await expect(result).toContainText("103 of 103");
  await expect(result).toContainText("111.0000");
  await page.getByRole("link", { name: /The same day on the first deposit/ }).click();
  await expect(page).toHaveURL(/preset=control/);
  await expect(result).toContainText("19 of 103");
});

test("a scenario of one's own runs, says what is wrong where it is wrong, and is kept in the address", async ({
  page,
}) => {
  await page.goto("/simulator?preset=own");
  const form = page.getByRole("region", { name: "A scenario of your own" });
  await form.getByRole("button", { name: "Remove stream s2" }).click();
  await form.getByLabel("Top up automatically").uncheck();
  await form.getByLabel("One every, minutes").fill("often");
  await form.getByRole("button", { name: "Run the simulation" }).click();
  await expect(form.getByLabel("One every, minutes")).toHaveAccessibleDescription(
    "Write a number, such as 4 or 0.5.",
  );

  // What only the server knows: 12 h of a call every 0.1 min are 7,200 calls.
  await form.getByLabel("One every, minutes").fill("0.1");
  await form.getByRole("button", { name: "Run the simulation" }).click();
  await expect(form.getByLabel("One every, minutes")).toHaveAccessibleDescription(
    "These are 7200 calls; one stream makes at most 2000.",
  );

  await form.getByLabel("One every, minutes").fill("60");
  await form.getByRole("button", { name: "Run the simulation" }).click();
  const result = page.getByRole("region", { name: "Result" });
  // Twelve calls; the deposit lasts 4 h, and the call at its last moment is served.
  await expect(result).toContainText("5 of 12");
  await expect(page.getByRole("region", { name: "Stream s1" })).toContainText("Closed after its grace");

  await page.goto(page.url());
  await expect(result).toContainText("5 of 12");
  await expect(form.getByLabel("Top up automatically")).not.toBeChecked();
});

for (const colorScheme of ["light", "dark"] as const)
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const choice of ["control", "own"])
      test(`the choice ${choice} has no fault that axe finds`, async ({ page }) => {
        await page.goto(`/simulator?preset=${choice}`);
        if (choice === "own") await page.getByRole("button", { name: "Run the simulation" }).click();
        await expect(page.getByRole("region", { name: "Result" })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
          .analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      });
  });

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const choice of ["demo", "control", "own"])
    test(`the choice ${choice} fits the screen`, async ({ page }) => {
      await page.goto(`/simulator?preset=${choice}`);
      if (choice === "own") await page.getByRole("button", { name: "Run the simulation" }).click();
      await expect(page.getByRole("region", { name: "Result" })).toBeVisible();
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over).toBeLessThanOrEqual(0);
    });
});
