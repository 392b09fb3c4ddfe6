import { expect, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

test("a wall of streams moves every counter, and steps once a second for a reader who wants no motion", async ({
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

  // All step together, at most once a second: in two and a half, three times at most.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.reload();
  await expect(counters).toHaveCount(30);
  const steps = await page.getByRole("list", { name: "Running streams" }).evaluate(
    (list) =>
      new Promise<number>((resolve) => {
        let count = 0;
        const observer = new MutationObserver(() => {
          count += 1;
        });
        observer.observe(list, { subtree: true, characterData: true });
        setTimeout(() => resolve(count), 2_500);
      }),
  );
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThanOrEqual(3);
});
