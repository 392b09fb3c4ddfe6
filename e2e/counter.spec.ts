import { expect, millionths, signInWithDemoWallet, takePlayMoney, test } from "./fixtures";

const HOUR_MS = 3_600_000;

for (const offsetMs of [HOUR_MS, -HOUR_MS])
  test(`a reader whose clock is ${offsetMs > 0 ? "an hour ahead" : "an hour behind"} sees what the ledger says`, async ({
    page,
  }) => {
    await page.addInitScript((offset) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + offset;
    }, offsetMs);
    await page.goto("/providers/dnai");
    await signInWithDemoWallet(page);
    await takePlayMoney(page);
    await page.getByRole("button", { name: "Open a stream, professional tier" }).click();
    await page.getByRole("button", { name: "Open stream" }).click();
    await page.getByRole("link", { name: "Watch the stream" }).click();
    const counter = page.getByRole("region", { name: "Counter" }).getByLabel("Accrued");
    await expect(counter).toBeVisible();

    // 10 a day are 116 millionths a second: within three seconds either way is right, an hour is 0.416667.
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const shown = millionths(await counter.textContent());
    const stream = await (await page.request.get(`/api/v1/streams/${id}`)).json();
    const ledger = BigInt(stream.accrued) / 10n ** 12n;
    expect(shown - ledger < 350n && ledger - shown < 350n, `${shown} shown, ${ledger} in the ledger`).toBe(
      true,
    );
  });

test("a counter moves a hundred times without a render of React for each", async ({ page }) => {
  await page.addInitScript(() => {
    const counts = { commits: 0 };
    // React reports every commit to this hook, in production too.
    const hook = { supportsFiber: true, inject: () => 1, onCommitFiberUnmount() {}, onCommitFiberRoot() {} };
    hook.onCommitFiberRoot = () => {
      counts.commits += 1;
    };
    Object.assign(window, { __REACT_DEVTOOLS_GLOBAL_HOOK__: hook, counts });
  });
  await page.goto("/providers/dnai");
  await signInWithDemoWallet(page);
  await takePlayMoney(page);
  await page.getByRole("button", { name: "Open a stream, enterprise tier" }).click();
  await page.getByRole("button", { name: "Open stream" }).click();
  await page.getByRole("link", { name: "Watch the stream" }).click();
  const counter = page.getByRole("region", { name: "Counter" }).getByLabel("Accrued");
  await expect(counter).toBeVisible();

  const { before, after } = await counter.evaluate(
    (element) =>
      new Promise<{ before: number; after: number }>((resolve) => {
        const { counts } = window as unknown as { counts: { commits: number } };
        const before = counts.commits;
        let moves = 0;
        const observer = new MutationObserver((records) => {
          moves += records.length;
          if (moves < 100) return;
          observer.disconnect();
          resolve({ before, after: counts.commits });
        });
        observer.observe(element, { subtree: true, childList: true, characterData: true });
      }),
  );
  expect(before).toBeGreaterThan(0);
  // The page asks the server again every five seconds: a few renders, not one for each move.
  expect(after - before).toBeLessThan(20);
});
