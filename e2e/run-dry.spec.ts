import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";
import { newAgent, post } from "./new-agent";

/**
 * A provider of this test's own: its deposit covers one minute, and one call takes most of it on top of the flow, so that a
 * stream runs dry a quarter of a minute after it was opened.
 */
async function registerThirstyProvider(origin: string): Promise<string> {
  const { bearer } = await newAgent(origin);
  const { endpoint } = await (await fetch(`${origin}/api/v1/providers/rheumascore`)).json();
  const id = `thirsty-${crypto.randomUUID().slice(0, 8)}`;
  const whole = { type: "number", minimum: 0, maximum: 200 };
  const properties = {
    tenderJoints: whole,
    swollenJoints: whole,
    esrMmPerHour: whole,
    globalHealthMm: whole,
  };
  const service = {
    slug: "das28",
    name: "Dear DAS28",
    category: "scientific_computing",
    capability: "DAS28",
    method: "POST",
    path: "/compute/das28-esr",
    inputSchema: {
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    },
    pricingModel: "fixed",
    pricePerCall: "50000000000000000",
    example: { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 },
  };
  const provider = {
    id,
    name: id,
    endpoint,
    capabilities: ["DAS28"],
    category: "scientific_computing",
    depositMs: 60_000,
    graceMs: 600_000,
    services: [service],
  };
  await post(`${origin}/api/v1/providers`, provider, { Authorization: bearer });
  return id;
}

test("a stream that runs dry stops by itself, owes nothing, refuses calls, and flows again after a top-up", async ({
  page,
  baseURL,
}) => {
  const id = await registerThirstyProvider(String(baseURL));
  await page.goto(`/providers/${id}`);
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, enterprise tier" }).click();
  const opening = page.getByRole("dialog", { name: "Open a stream" });
  await expect(opening.getByLabel("Deposit (USDCx)")).toHaveValue("0.069445");
  await opening.getByRole("button", { name: "Open stream" }).click();
  await expect(opening.getByText("is locked and flows")).toBeVisible();
  await opening.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: "Call Dear DAS28" }).click();
  await expect(page.getByRole("region", { name: "Result" })).toContainText("4.56");
  const stream = page.getByRole("status", { name: "Stream" });
  await expect(stream).toHaveText("Streaming");

  // Nobody reloads: the page learns that the deposit is spent.
  await page.getByRole("region", { name: "Your stream" }).getByRole("link", { name: "Manage" }).click();
  await expect(stream).toHaveText("Deposit empty", { timeout: 30_000 });
  await expect(page.getByText(/^Stopped: deposit empty at .*paid 0\.069445 USDCx, owed 0\.$/)).toBeVisible({
    timeout: 15_000,
  });

  await page.getByRole("link", { name: "Call this provider" }).click();
  await page.getByRole("button", { name: "Call Dear DAS28" }).click();
  await expect(page.getByText("Deposit exhausted", { exact: true })).toBeVisible();

  await page.getByRole("region", { name: "Your stream" }).getByRole("link", { name: "Manage" }).click();
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  const topUp = page.getByRole("dialog", { name: "Top up" });
  await topUp.getByLabel("Amount (USDCx)").fill("1");
  await topUp.getByRole("button", { name: "Top up" }).click();
  await expect(topUp.getByText("The deposit is now 1.069445 USDCx")).toBeVisible();
  await topUp.getByRole("button", { name: "Close" }).last().click();
  await expect(stream).toHaveText("Streaming");
});
