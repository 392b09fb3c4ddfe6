/** Whether a call is still paid for, by what the marketplace says and for as long as that holds. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCallWatch } from "./call-watch";

type Said = { open?: boolean; status?: string; runwayMs?: number; minimumTopUp?: string };

function marketThatSays(said: Said | "away") {
  const state = { said, asked: 0 };
  const post = async (_path: string, body: unknown) => {
    state.asked += 1;
    if (state.said === "away") throw new TypeError("fetch failed");
    const { requestIds } = body as { requestIds: string[] };
    const about = { open: true, status: "active", runwayMs: 5_000, minimumTopUp: "0", ...state.said };
    return { items: requestIds.map((requestId) => ({ requestId, ...about })) };
  };
  return { state, post };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("while the runway lasts it is paid, without a question", async () => {
  const market = marketThatSays({});
  const call = createCallWatch(market, { pollMs: 1_000_000 }).watch({ requestId: "req_1", runwayMs: 2_000 });
  expect(await call.funding()).toBe("paid");
  expect(market.state.asked).toBe(0);
});

test("when it has run out, the marketplace is asked before anybody is stopped", async () => {
  const market = marketThatSays({ runwayMs: 5_000 });
  const call = createCallWatch(market, { pollMs: 1_000_000 }).watch({ requestId: "req_1", runwayMs: 10 });
  vi.advanceTimersByTime(11);
  expect(await call.funding()).toBe("paid");
  expect(market.state.asked).toBe(1);
});

test("spent, it tells what would help, and after a top-up it is paid again", async () => {
  const market = marketThatSays({ status: "exhausted", runwayMs: 0, minimumTopUp: "77" });
  const call = createCallWatch(market, { pollMs: 1_000_000 }).watch({ requestId: "req_1", runwayMs: 10 });
  vi.advanceTimersByTime(11);
  expect(await call.funding()).toEqual({ requiredTopUp: "77" });
  expect(call.ended.aborted).toBe(false);
  market.state.said = { runwayMs: 60_000 };
  expect(await call.funding()).toBe("paid");
});

test.each<[string, Said]>([
  ["the payer closed", { status: "settled", runwayMs: 0 }],
  ["the payer paused", { status: "paused", runwayMs: 0 }],
  ["the marketplace ended the call", { open: false }],
])("when %s, it has ended, at the next look", async (_, said) => {
  const market = marketThatSays(said);
  const call = createCallWatch(market, { pollMs: 1_000 }).watch({ requestId: "req_1", runwayMs: 60_000 });
  expect(await call.funding()).toBe("paid");
  await vi.advanceTimersByTimeAsync(1_001);
  expect(call.ended.aborted).toBe(true);
  expect(await call.funding()).toBe("ended");
});

test("a marketplace that is away ends nothing that is paid, and pays for nothing that is not", async () => {
  const market = marketThatSays("away");
  const call = createCallWatch(market, { pollMs: 1_000 }).watch({ requestId: "req_1", runwayMs: 3_000 });
  await vi.advanceTimersByTimeAsync(2_500);
  expect(await call.funding()).toBe("paid");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await call.funding()).toEqual({ requiredTopUp: "0" });
});

test("three hundred calls are two questions, and none when they have stopped", async () => {
  const market = marketThatSays({});
  const { watch } = createCallWatch(market, { pollMs: 1_000 });
  const calls = Array.from({ length: 300 }, (_, at) => watch({ requestId: `req_${at}`, runwayMs: 60_000 }));
  await vi.advanceTimersByTimeAsync(1_001);
  expect(market.state.asked).toBe(2);
  for (const call of calls) call.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(market.state.asked).toBe(2);
});
