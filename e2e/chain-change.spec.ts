import type { Page } from "@playwright/test";
import { getAbiItem } from "viem";
import { cfaAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainClient } from "./chain-client";
import { connectFundedWallet } from "./connect-wallet";
import { expect, millionths, test } from "./fixtures";
import { openOnRail } from "./open-on-rail";

/** 1 and 10 USDCx a day in base units a second, as a flow has them. */
const BASIC = 11_574_074_074_074n;
const PROFESSIONAL = 115_740_740_740_740n;

test("a running Superfluid stream changes its tier and is topped up; what it settles at is what the chain says, beside the estimate", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const account = await connectFundedWallet(page, "/providers/rheumascore?service=cdai", {
    name: "Test Wallet",
    chainId: 31_337,
  });
  await openOnRail(page, "Superfluid");
  await page.getByRole("link", { name: "Watch the stream" }).click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");
  const counter = page.getByRole("region", { name: "Counter" });
  await expect(counter).toContainText("1 USDCx/day");
  const slow = await pace(page);
  const accruedBefore = millionths(await counter.getByLabel("Accrued").textContent());

  await page.getByRole("button", { name: "Change tier" }).click();
  const changing = page.getByRole("dialog", { name: "Change the tier" });
  await changing.getByLabel("Tier").selectOption("professional");
  await expect(changing.getByTestId("consequence")).toContainText("flows at 10 USDCx/day");
  await expect(changing.getByTestId("consequence")).toContainText("The buffer that the chain holds changes");
  await changing.getByRole("button", { name: "Change tier" }).click();
  await expect(changing.getByText("The chain has it.")).toBeVisible();
  await changing.getByRole("button", { name: "Close" }).last().click();
  await expect(counter).toContainText("10 USDCx/day");
  await expect(page.getByRole("region", { name: "Table of segments" }).getByRole("row")).toHaveCount(3);
  // Ten times as fast from the same second on, and nothing that had accrued is lost.
  const fast = await pace(page);
  expect(fast / slow).toBeGreaterThan(8);
  expect(fast / slow).toBeLessThan(12);
  expect(millionths(await counter.getByLabel("Accrued").textContent())).toBeGreaterThanOrEqual(accruedBefore);

  // 5 USDCx more are half a day of it.
  const runwayBefore = await runwaySeconds(page);
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  const topUp = page.getByRole("dialog", { name: "Top up" });
  await topUp.getByLabel("Amount").fill("5");
  await expect(topUp.getByTestId("consequence")).toContainText("is wrapped from your wallet");
  await expect(topUp.getByTestId("consequence")).toContainText("about 12 h more");
  await topUp.getByRole("button", { name: "Top up" }).click();
  await expect(topUp.getByText("The chain has it.")).toBeVisible();
  await topUp.getByRole("button", { name: "Close" }).last().click();
  await expect.poll(async () => (await runwaySeconds(page)) - runwayBefore).toBeGreaterThan(42_000);
  expect((await runwaySeconds(page)) - runwayBefore).toBeLessThanOrEqual(43_200);
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Streaming");

  await page.getByRole("button", { name: "Close stream" }).click();
  const closing = page.getByRole("dialog", { name: "Close the stream" });
  await closing.getByRole("button", { name: "Close and settle" }).click();
  await expect(closing.getByText("The chain has it.")).toBeVisible();
  await closing.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("status", { name: "Stream" })).toHaveText("Settled");

  const rates = await ratesOnChain(account);
  expect(rates.map(({ rate }) => rate)).toEqual([BASIC, PROFESSIONAL, 0n]);
  const [opened, changed, closed] = rates.map(({ seconds }) => seconds) as [bigint, bigint, bigint];
  const paid = (changed - opened) * BASIC + (closed - changed) * PROFESSIONAL;
  const figures = page.locator("dl[aria-label='Settled and estimated']");
  await expect.poll(() => exactAmounts(page)).toHaveLength(3);
  const [settled, estimate, difference] = (await exactAmounts(page)) as [bigint, bigint, bigint];
  expect(settled).toBe(paid);
  // The chain decides the last second: the counter showed the one in which the person pressed the button.
  expect(difference).toBe(settled > estimate ? settled - estimate : estimate - settled);
  expect(difference).toBeLessThan(PROFESSIONAL * 60n);
  await expect(figures).toContainText("Shown when you closed");
});

/** How fast the counter on the page counts: billionths a millisecond, between two looks. */
async function pace(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const look = () => {
      const text = document.querySelector("[aria-label='Counter'] [aria-label='Accrued']")?.textContent;
      return { atMs: performance.now(), nanos: Number(text?.replace(".", "")) };
    };
    const first = look();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await new Promise(requestAnimationFrame);
    const second = look();
    return (second.nanos - first.nanos) / (second.atMs - first.atMs);
  });
}

/** "1004 d 03:59:12" */
async function runwaySeconds(page: Page): Promise<number> {
  const text = await page.getByRole("timer", { name: "Runway" }).first().textContent();
  const [, days = "0", h, m, s] = /^(?:(\d+) d )?(\d\d):(\d\d):(\d\d)$/.exec(text ?? "") ?? [];
  return Number(days) * 86_400 + Number(h) * 3_600 + Number(m) * 60 + Number(s);
}

/** The three figures of a settled stream in base units, from what they show on hover. */
async function exactAmounts(page: Page): Promise<bigint[]> {
  const titles = await page
    .locator("dl[aria-label='Settled and estimated'] [title]")
    .evaluateAll((elements) => elements.map((element) => element.getAttribute("title") ?? ""));
  return titles.map((title) => BigInt(title.replace(/[^0-9]/g, "")));
}

/** What flowed out of an account, and since when, as the agreement's own events say. */
async function ratesOnChain(account: Parameters<typeof chainClient>[0]) {
  const client = chainClient(account);
  const logs = await client.getLogs({
    address: DEVNET.cfa,
    event: getAbiItem({ abi: cfaAbi, name: "FlowUpdated" }),
    args: { sender: account.address },
    fromBlock: 0n,
  });
  return Promise.all(
    logs.map(async ({ args, blockNumber }) => ({
      rate: args.flowRate ?? -1n,
      seconds: (await client.getBlock({ blockNumber })).timestamp,
    })),
  );
}
