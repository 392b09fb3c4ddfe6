import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

test("a wall of streams moves every counter without React, and stands still for who wants no motion", async ({
  page,
}) => {
  await page.goto("/");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  const origin = new URL(page.url()).origin;
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      const response = await page.request.post("/api/v1/streams", {
        data: { providerId: "dnai", tier: "professional" },
        headers: { Origin: origin, "Idempotency-Key": crypto.randomUUID() },
      });
      expect(response.status()).toBe(201);
    }),
  );

  await page.goto("/streams/wall");
  const counters = page.getByRole("list", { name: "Running streams" }).locator("output");
  await expect(counters).toHaveCount(30);
  const texts = () => counters.allTextContents();
  const before = await texts();
  await expect
    .poll(async () => (await texts()).filter((text, index) => text !== before[index]).length)
    .toBe(30);
  // Every figure is a sum of its own: none goes back.
  const after = await texts();
  expect(after.every((text, index) => Number(text) > Number(before[index]))).toBe(true);
});
