import { spawnSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

/** A snippet as a reader copies it. */
async function snippet(page: Page, title: RegExp): Promise<string> {
  return (await page.getByRole("figure").filter({ hasText: title }).locator("pre").textContent()) ?? "";
}

test("the curl of the page gets a 402 with a challenge", async ({ page }) => {
  await page.goto("/docs");
  const command = await snippet(page, /^Ask without paying/);
  const { stdout } = spawnSync("sh", ["-c", `${command.replace("curl ", "curl -s ")}`], { encoding: "utf8" });
  expect(stdout).toMatch(/^HTTP\/1.1 402 Payment Required/);
  expect(stdout).toMatch(/^www-authenticate: Payment id=".+method="ledger", intent="stream"/im);
});

test("the agent of the page earns its answer, and its receipt verifies by the script of the page", async ({
  page,
}) => {
  await page.goto("/docs");
  const run = (code: string, ...args: string[]) =>
    spawnSync(process.execPath, ["--input-type=module", "-", ...args], {
      input: code,
      encoding: "utf8",
      env: { ...process.env, FORCE_COLOR: "0" },
    });

  const agent = run(await snippet(page, /^agent\.mjs/));
  expect(agent.stderr).toBe("");
  expect(agent.stdout).toMatch(/^200 \{/);
  expect(agent.stdout).toMatch(/^200 14\d\d\d seconds of runway$/m);
  expect(agent.stdout).toMatch(/totalPaid: '\d+', refund: '\d+'/);

  const [, requestId = ""] = /\/receipts\/(req_\S+)/.exec(agent.stdout) ?? [];
  const verified = run(await snippet(page, /^verify\.mjs/), requestId);
  expect(verified.stdout).toMatch(/^valid POST \//);
});

test("a snippet is copied with one click", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/docs");
  await page.getByRole("button", { name: "Copy: Ask without paying" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl -i -X POST http/);
});
