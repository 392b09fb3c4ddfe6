import type { Page } from "@playwright/test";
import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";
import { newAgent, post } from "./new-agent";

/** A provider whose least deposit is a minute, so that a stream may be short. */
async function registerProvider(origin: string): Promise<string> {
  const { bearer } = await newAgent(origin);
  const { endpoint } = await (await fetch(`${origin}/api/v1/providers/rheumascore`)).json();
  const id = `alerting-${crypto.randomUUID().slice(0, 8)}`;
  const service = {
    slug: "das28",
    name: "DAS28",
    category: "scientific_computing",
    capability: "DAS28",
    method: "POST",
    path: "/compute/das28-esr",
    inputSchema: { type: "object" },
    pricingModel: "per_second",
    example: {},
  };
  const listing = { id, name: id, endpoint, capabilities: ["DAS28"], category: "scientific_computing" };
  await post(
    `${origin}/api/v1/providers`,
    { ...listing, depositMs: 60_000, graceMs: 600_000, services: [service] },
    { Authorization: bearer },
  );
  return id;
}

/** As the signed-in reader of the page: its cookie goes along. */
async function postAs(page: Page, path: string, data: object): Promise<Record<string, unknown>> {
  const headers = { Origin: new URL(page.url()).origin, "Idempotency-Key": crypto.randomUUID() };
  const response = await page.request.post(path, { data, headers });
  expect(response.ok(), await response.text()).toBe(true);
  return response.json();
}

/** Two hours at the lowest tier, then a tier a hundred times dearer: a minute and twelve seconds are left. */
async function almostDryStream(page: Page, providerId: string): Promise<string> {
  const deposit = "83333333333333334"; // Two hours at 1 USDCx a day.
  const { id } = await postAs(page, "/api/v1/streams", { providerId, tier: "basic", deposit });
  await postAs(page, `/api/v1/streams/${id}/tier`, { tier: "enterprise" });
  return String(id);
}

test("a stream that runs dry soon rings the bell, and one click keeps it running", async ({
  page,
  baseURL,
}) => {
  const providerId = await registerProvider(String(baseURL));
  await page.goto("/");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await expect(page.getByRole("button", { name: "Alerts: no alerts" })).toBeVisible();
  await almostDryStream(page, providerId);

  await page.goto("/alerts");
  await page.getByRole("button", { name: "Alerts: 1 alert" }).click();
  const bell = page.getByRole("dialog", { name: "Alerts" });
  await expect(bell.getByText("less than 10 min left")).toBeVisible();
  await expect(bell.getByRole("timer", { name: "Runway" })).toHaveText(/^00:0[01]:\d\d$/);
  await bell.getByRole("button", { name: "Add 4 h · 16.666667 USDCx" }).click();
  await expect(bell.getByText(`16.666667 USDCx added: ${providerId} now lasts 4 h 1 min.`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Alerts: no alerts" })).toBeVisible();
  await page.keyboard.press("Escape");

  const history = page.getByRole("region", { name: "Last 30 days" }).getByRole("row").nth(1);
  await expect(history).toContainText("10 min before the end");
  await expect(history).toContainText("Resolved");
});

test("an alert that is put away does not come back", async ({ page, baseURL }) => {
  const providerId = await registerProvider(String(baseURL));
  await page.goto("/");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await almostDryStream(page, providerId);
  await page.goto("/alerts");
  await page.getByRole("button", { name: `Put away: ${providerId}` }).click();
  await expect(page.getByText("No stream of yours runs dry soon.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Alerts: no alerts" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Last 30 days" })).toContainText("Put away");
});

test("a webhook is added, its secret shown once, tested, rotated, turned off and deleted", async ({
  page,
}) => {
  await page.goto("/alerts");
  await signInWithDemoWallet(page);
  await expect(page.getByText("Nothing came near its end.")).toBeVisible();

  await page.getByRole("button", { name: "Add a webhook" }).click();
  const adding = page.getByRole("dialog", { name: "Add a webhook" });
  await adding.getByLabel("URL").fill("https://169.254.169.254/latest");
  await adding.getByRole("button", { name: "Add webhook" }).click();
  await expect(adding.getByText("Give a public https address on port 443.")).toBeVisible();
  // Nobody has this name (RFC 2606 keeps example.com's children free): the attempt fails, and the log says so.
  await adding.getByLabel("URL").fill("https://nobody-listens.example.com/alerts");
  await adding.getByRole("button", { name: "Add webhook" }).click();
  const added = page.getByRole("dialog", { name: "Webhook added" });
  const secret = await added.getByTestId("webhook-secret").textContent();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await added.getByRole("button", { name: "I have stored it" }).click();

  const webhook = page.getByRole("listitem", { name: "https://nobody-listens.example.com/alerts" });
  await expect(webhook).toContainText("Nothing was sent yet.");
  await webhook.getByRole("button", { name: "Send test" }).click();
  const line = webhook.getByRole("row").nth(1);
  await expect(line).toContainText("webhook.test");
  await expect(line).toContainText(/no connection|no answer in time|the address is not allowed/, {
    timeout: 20_000,
  });
  await expect(line).toContainText("again at");

  await webhook.getByRole("button", { name: "Rotate secret" }).click();
  const rotating = page.getByRole("dialog", { name: "Rotate the secret" });
  await rotating.getByRole("button", { name: "Make a new secret" }).click();
  await expect(rotating.getByTestId("webhook-secret")).not.toHaveText(String(secret));
  await rotating.getByRole("button", { name: "I have stored it" }).click();
  await expect(webhook).toContainText("the secret before signs as well until");
  expect(await page.content()).not.toContain(String(secret));

  await webhook.getByRole("button", { name: "Turn off" }).click();
  await expect(webhook.getByRole("button", { name: "Send test" })).toBeDisabled();
  await expect(line).toContainText("Not sent");
  await webhook.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: "Delete the webhook" })
    .getByRole("button", { name: "Delete" })
    .click();
  await expect(webhook).toBeHidden();
});
