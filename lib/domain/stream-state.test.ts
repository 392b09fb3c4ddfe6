import { describe, expect, test } from "vitest";
import { accrued, accruedExact } from "./accrual";
import { toDecimal } from "./decimal";
import { perDay, rate } from "./rate";
import { streamBalance } from "./stream-balance";
import type { StreamCommand } from "./stream-command";
import { applyStreamEvent, pendingStream, type StreamState, type StreamTerms } from "./stream-state";

const TOKEN = 10n ** 18n;
const SECOND = 1_000n;
const MINUTE = 60_000n;
const HOUR = 3_600_000n;
const RICH = 10n ** 40n;

describe("opening", () => {
  test("given start 0 and a call at 0, it authorises with nothing accrued (D0.1, D0.2)", () => {
    const stream = opened(terms(), 0n);
    const step = applyStreamEvent(stream, call(), 0n);
    expect(step.refusal).toBeUndefined();
    expect(toDecimal(streamBalance(step.state, 0n).accrued, 18, 6, "nearest")).toBe("0.000000");
  });

  test.each([
    { given: "one party at both ends", change: { receiver: "0xA" }, code: "self-stream" },
    { given: "a rate of zero", change: { rate: { amount: 0n, periodMs: 1n } }, code: "invalid-input" },
    { given: "a negative rate", change: { rate: { amount: -1n, periodMs: 1n } }, code: "invalid-input" },
    { given: "a period of zero", change: { rate: { amount: 1n, periodMs: 0n } }, code: "invalid-input" },
  ])("given $given, it refuses with $code (D0.12)", ({ change, code }) => {
    const open: StreamCommand = { kind: "open", deposit: TOKEN, walletBalance: TOKEN };
    const pending = pendingStream({ ...terms(), ...change });
    const step = applyStreamEvent(pending, open, 0n);
    expect(step.refusal?.code).toBe(code);
    expect(step.state).toBe(pending);
    expect(step.postings).toEqual([]);
  });

  test("given one unit less than 4 h of flow, or less in the wallet, it refuses", () => {
    const pending = pendingStream(terms());
    const deposit = 1_666_666_666_666_666_667n;
    const short = applyStreamEvent(pending, { kind: "open", deposit: deposit - 1n, walletBalance: RICH }, 0n);
    expect(short.refusal).toMatchObject({ code: "invalid-input", extensions: { depositRequired: deposit } });
    const poor = applyStreamEvent(pending, { kind: "open", deposit, walletBalance: deposit - 1n }, 0n);
    expect(poor.refusal).toMatchObject({ code: "insufficient-balance", extensions: { required: deposit } });
  });

  test("given the exact deposit, it moves it from wallet to escrow and says so", () => {
    const open: StreamCommand = { kind: "open", deposit: 2n * TOKEN, walletBalance: 2n * TOKEN };
    const step = applyStreamEvent(pendingStream(terms()), open, 5n);
    expect(step.postings).toEqual([{ kind: "deposit", from: "wallet", to: "escrow", amount: 2n * TOKEN }]);
    expect(step.events.map(({ kind, atMs }) => [kind, atMs])).toEqual([["opened", 5n]]);
    expect(applyStreamEvent(step.state, open, 6n).refusal?.code).toBe("stream-state");
  });
});

describe("time", () => {
  test.each(["close", "authorise", "topUp", "pause"] as const)(
    "given a moment before the start, %s is refused and nothing changes (D0.12)",
    (kind) => {
      const stream = opened(terms(), 1_000n);
      const step = applyStreamEvent(stream, anyCommand(kind), 999n);
      expect(step.refusal?.code).toBe("stream/pending");
      expect(step.state).toBe(stream);
    },
  );

  test("given a clock that went back, time stands still", () => {
    const at2h = stateAfter(opened(terms(), 0n), [{ kind: "collect" }, 2n * HOUR]);
    const step = applyStreamEvent(at2h, { kind: "close", by: "sender" }, HOUR);
    expect(step.state.closedMs).toBe(2n * HOUR);
    expect(step.state.billed).toBe(833_333_333_333_333_333n);
  });
});

describe("running out", () => {
  // 10 a day: 1.666666666666666667 lasts 14,400,000 ms; one unit is over within the next.
  const deposit = 1_666_666_666_666_666_667n;
  const lastMs = 14_400_000n;

  test("given the last paid millisecond, it still authorises; one later it does not", () => {
    const stream = opened(terms(), 0n);
    expect(applyStreamEvent(stream, call(), lastMs).refusal).toBeUndefined();
    const denied = applyStreamEvent(stream, call(), lastMs + 1n);
    expect(denied.refusal?.code).toBe("stream/deposit-exhausted");
    expect(denied.state.status).toBe("exhausted");
  });

  test("it stops at that millisecond, however late anybody looks, having accrued exactly its deposit", () => {
    const late = stateAfter(opened(terms(), 0n), [{ kind: "tick" }, 5n * HOUR]);
    expect(late.graceUntilMs).toBe(lastMs + 1n + 2n * HOUR);
    expect(streamBalance(late, 5n * HOUR)).toMatchObject({ accrued: deposit, remaining: 0n, runwayMs: 0n });
    expect(accrued(late.segments, 5n * HOUR)).toBe(deposit);
    expect(accruedExact(late.segments, 5n * HOUR)).toEqual(late.carried);
  });

  test("given a close after it, it pays the whole deposit once and owes nothing (D0.3)", () => {
    const step = applyStreamEvent(opened(terms(), 0n), { kind: "close", by: "receiver" }, 5n * HOUR);
    expect(step.postings).toEqual([{ kind: "bill", from: "escrow", to: "receiver", amount: deposit }]);
    expect(step.events.map(({ kind }) => kind)).toEqual(["exhausted", "closed", "settled"]);
    expect(step.state).toMatchObject({ status: "settled", billed: deposit, refunded: 0n });
  });

  test("given a top-up in its grace, it runs again from that instant and owes nothing for the gap", () => {
    const revived = stateAfter(
      opened(terms(), 0n),
      [{ kind: "topUp", amount: TOKEN, walletBalance: TOKEN }, 5n * HOUR],
      [{ kind: "close", by: "sender" }, 6n * HOUR],
    );
    expect(
      revived.segments.map(({ startMs, endMs, startCause, endCause }) => [
        startMs,
        endMs,
        startCause,
        endCause,
      ]),
    ).toEqual([
      [0n, lastMs + 1n, "open", "exhaust"],
      [5n * HOUR, 6n * HOUR, "top-up", "close"],
    ]);
    expect(revived.billed).toBe(deposit + 416_666_666_666_666_666n);
    expect(revived.refunded).toBe(583_333_333_333_333_334n);
  });

  test("given less than a minute of flow while exhausted, the top-up is refused and the least one named", () => {
    const topUp = (amount: bigint): StreamCommand => ({ kind: "topUp", amount, walletBalance: RICH });
    const stream = opened(terms(), 0n);
    const least = 6_944_444_444_444_446n; // ceil(10e18 / 1440) + 1
    const refused = applyStreamEvent(stream, topUp(least - 1n), 5n * HOUR);
    expect(refused.refusal).toMatchObject({ code: "invalid-input", extensions: { minimumTopUp: least } });
    const taken = applyStreamEvent(stream, topUp(least), 5n * HOUR);
    expect(taken.state.status).toBe("active");
    expect(streamBalance(taken.state, 5n * HOUR).runwayMs).toBe(60_000n);
  });

  test("given the end of its grace, a top-up comes too late and a tick closes it", () => {
    const stream = opened(terms(), 0n);
    const graceEnd = lastMs + 1n + 2n * HOUR;
    const topUp: StreamCommand = { kind: "topUp", amount: TOKEN, walletBalance: TOKEN };
    expect(applyStreamEvent(stream, topUp, graceEnd - 1n).refusal).toBeUndefined();
    expect(applyStreamEvent(stream, topUp, graceEnd).refusal?.code).toBe("stream-state");
    expect(stateAfter(stream, [{ kind: "tick" }, graceEnd - 1n]).status).toBe("exhausted");
    expect(stateAfter(stream, [{ kind: "tick" }, graceEnd]).status).toBe("settled");
    expect(stateAfter(stream, [{ kind: "tick" }, graceEnd + HOUR])).toMatchObject({
      status: "settled",
      closeCause: "grace-ended",
      closedMs: graceEnd,
      billed: deposit,
    });
  });
});

test("given a call in flight when the deposit ends, what it holds is not said to be paid", () => {
  const held = stateAfter(opened(terms(), 0n), [call(TOKEN), 0n]);
  const step = applyStreamEvent(held, { kind: "tick" }, 2n * HOUR);
  expect(step.state).toMatchObject({ status: "exhausted", graceUntilMs: 5_760_001n + 2n * HOUR });
  expect(step.events.map(({ data }) => data)).toEqual([
    { paid: 666_666_666_666_666_667n, graceUntilMs: 5_760_001n + 2n * HOUR },
  ]);
});

test.each([{ kind: "close", by: "sender" }, { kind: "collect" }, { kind: "tick" }] as const)(
  "given a grace that nobody saw end, $kind finds that it has ended the stream",
  (event) => {
    const ended = applyStreamEvent(opened(terms(), 0n), event, 9n * HOUR);
    expect(ended.state).toMatchObject({
      status: "settled",
      closeCause: "grace-ended",
      closedMs: 21_600_001n,
    });
    expect(ended.events.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ["exhausted", 14_400_001n],
      ["closed", 21_600_001n],
      ["settled", 9n * HOUR],
    ]);
  },
);

describe("closing", () => {
  test("given 0.006 for 60 s stopped at 4.2 s, it pays 0.00042 and refunds 0.00558 (S1.19)", () => {
    const perSecond = terms({ rate: rate(100_000_000_000_000n, SECOND), depositMs: MINUTE });
    const stream = opened(perSecond, 0n, 6_000_000_000_000_000n);
    const { state } = applyStreamEvent(stream, { kind: "close", by: "sender" }, 4_200n);
    expect(state.billed).toBe(420_000_000_000_000n);
    expect(state.refunded).toBe(5_580_000_000_000_000n);
  });

  test("given 100 base units over 7 s run to the end, it pays 100 and leaves 0 (D1.3)", () => {
    const stream = opened(terms({ rate: rate(100n, 7_000n), depositMs: 7_000n }), 0n, 100n);
    const { state } = applyStreamEvent(stream, { kind: "close", by: "receiver" }, 7_000n);
    expect(state).toMatchObject({ status: "settled", billed: 100n, refunded: 0n });
  });

  test("given a second close, nothing moves and the first settlement stands (D0.4)", () => {
    const first = stateAfter(opened(terms(), 0n), [{ kind: "close", by: "sender" }, HOUR]);
    const second = applyStreamEvent(first, { kind: "close", by: "receiver" }, 2n * HOUR);
    expect(second.postings).toEqual([]);
    expect(second.events).toEqual([]);
    expect(second.state).toEqual({ ...first, lastMs: 2n * HOUR });
  });

  test("given a call in flight, it waits for it: charged when served, given back when not", () => {
    const busy = stateAfter(opened(terms(), 0n), [call(TOKEN / 2n), 0n]);
    const closing = applyStreamEvent(busy, { kind: "close", by: "sender" }, HOUR);
    expect(closing.state).toMatchObject({
      status: "closing",
      billed: 416_666_666_666_666_666n,
      refunded: 0n,
    });
    expect(applyStreamEvent(closing.state, call(0n, "late"), HOUR).refusal?.code).toBe("stream/terminated");

    const served = stateAfter(
      closing.state,
      [{ kind: "serve", requestId: "req_1" }, 2n * HOUR],
      [{ kind: "tick" }, 2n * HOUR],
    );
    expect(served).toMatchObject({
      status: "settled",
      billed: 916_666_666_666_666_666n,
      refunded: 750_000_000_000_000_001n,
    });
    const voided = stateAfter(
      closing.state,
      [{ kind: "void", requestId: "req_1" }, 2n * HOUR],
      [{ kind: "tick" }, 2n * HOUR],
    );
    expect(voided).toMatchObject({
      status: "settled",
      billed: 416_666_666_666_666_666n,
      refunded: 1_250_000_000_000_000_001n,
    });
  });
});

describe("calls with a price", () => {
  test("given a price that what is left just covers, it passes; one unit more does not", () => {
    const stream = opened(terms(), 0n);
    const left = 1_250_000_000_000_000_000n; // at 1 h: exact accrual ends in …666 2/3
    expect(applyStreamEvent(stream, call(left), HOUR).refusal).toBeUndefined();
    const denied = applyStreamEvent(stream, call(left + 1n), HOUR);
    expect(denied.refusal).toMatchObject({
      code: "stream/deposit-exhausted",
      extensions: { accrued: 416_666_666_666_666_666n, remaining: 1_250_000_000_000_000_001n },
    });
    expect(denied.state.status).toBe("active");
  });

  test("given the top-up that a denial names, the same call passes", () => {
    const stream = opened(terms(), 0n);
    const least = applyStreamEvent(stream, call(3n * TOKEN), HOUR).refusal?.extensions.minimumTopUp ?? 0n;
    const funded = stateAfter(stream, [{ kind: "topUp", amount: least, walletBalance: RICH }, HOUR]);
    expect(applyStreamEvent(funded, call(3n * TOKEN), HOUR).refusal).toBeUndefined();
  });

  test("given a hold, it shortens the runway; a void gives it back, a serve keeps it", () => {
    const stream = opened(terms(), 0n);
    const held = stateAfter(stream, [call(TOKEN), 0n]);
    expect(streamBalance(stream, 0n).runwayMs).toBe(14_400_000n);
    expect(streamBalance(held, 0n).runwayMs).toBe(5_760_000n);
    expect(streamBalance(stateAfter(held, [{ kind: "void", requestId: "req_1" }, 0n]), 0n).runwayMs).toBe(
      14_400_000n,
    );
    expect(streamBalance(stateAfter(held, [{ kind: "serve", requestId: "req_1" }, 0n]), 0n).runwayMs).toBe(
      5_760_000n,
    );
  });

  test("given the same call twice, it is held once and resolved once", () => {
    const held = stateAfter(opened(terms(), 0n), [call(TOKEN), 0n]);
    expect(applyStreamEvent(held, call(TOKEN), 0n).refusal?.code).toBe("request-in-progress");
    const served = stateAfter(
      held,
      [{ kind: "serve", requestId: "req_1" }, 1n],
      [{ kind: "void", requestId: "req_1" }, 2n],
    );
    expect(served).toMatchObject({ used: TOKEN, held: 0n, holds: {} });
  });

  test.each([
    { given: "pending", state: pendingStream(terms()), code: "stream/pending" },
    {
      given: "paused",
      state: stateAfter(opened(terms(), 0n), [{ kind: "pause" }, 1n]),
      code: "stream/paused",
    },
    {
      given: "settled",
      state: stateAfter(opened(terms(), 0n), [{ kind: "close", by: "sender" }, 1n]),
      code: "stream/terminated",
    },
  ])("given a $given stream, it denies with $code", ({ state, code }) => {
    expect(applyStreamEvent(state, call(), 2n).refusal?.code).toBe(code);
  });
});

describe("pausing and changing", () => {
  test("given a pause of 10 h, nothing accrues and the runway is kept", () => {
    const stream = stateAfter(opened(terms(), 0n), [{ kind: "pause" }, HOUR]);
    expect(streamBalance(stream, 11n * HOUR).accrued).toBe(416_666_666_666_666_666n);
    const resumed = stateAfter(stream, [{ kind: "resume" }, 11n * HOUR]);
    expect(streamBalance(resumed, 11n * HOUR)).toMatchObject({
      runwayMs: 3n * HOUR,
      depletesMs: 14n * HOUR + 1n,
    });
  });

  test("given a paused stream, a top-up only adds funds", () => {
    const paused = stateAfter(opened(terms(), 0n), [{ kind: "pause" }, HOUR]);
    const step = applyStreamEvent(paused, { kind: "topUp", amount: 1n, walletBalance: 1n }, 2n * HOUR);
    expect(step.state).toMatchObject({ status: "paused", funded: 1_666_666_666_666_666_668n });
    expect(step.events.map(({ kind }) => kind)).toEqual(["topped-up"]);
  });

  test("given a change of tier, both segments bill exactly (S0.21)", () => {
    // 1 h at 10 a day, 1 h at 1 a day, 1 h at 7 a week: 5/12 + 1/24 + 1/24 = 0.5
    const stream = stateAfter(
      opened(terms(), 0n),
      [{ kind: "changeTier", tier: "basic", rate: perDay(TOKEN) }, HOUR],
      [{ kind: "changeTier", tier: "weekly", rate: rate(7n * TOKEN, 604_800_000n) }, 2n * HOUR],
      [{ kind: "close", by: "sender" }, 3n * HOUR],
    );
    expect(stream.billed).toBe(500_000_000_000_000_000n);
    expect(stream.segments.map(({ endCause }) => endCause)).toEqual(["rate", "rate", "close"]);
  });

  test("given a tier that the rest would not pay for a minute, it refuses and names the top-up", () => {
    const stream = opened(terms(), 0n);
    // 1.25 left lasts 59.99… s at 1,800.0001 a day, and 60 s at 1,800 a day.
    const fast: StreamCommand = {
      kind: "changeTier",
      tier: "fast",
      rate: perDay(1_800n * TOKEN + TOKEN / 10n),
    };
    const step = applyStreamEvent(stream, fast, HOUR);
    expect(step.refusal?.code).toBe("insufficient-balance");
    expect(step.state).toBe(stream);
    const least = step.refusal?.extensions.minimumTopUp ?? 0n;
    const toppedUp = stateAfter(stream, [{ kind: "topUp", amount: least, walletBalance: RICH }, HOUR]);
    expect(applyStreamEvent(toppedUp, fast, HOUR).refusal).toBeUndefined();
    const affordable: StreamCommand = { kind: "changeTier", tier: "fast", rate: perDay(1_800n * TOKEN) };
    expect(applyStreamEvent(stream, affordable, HOUR).refusal).toBeUndefined();
  });

  test("given a paused stream changed to a tier it cannot pay, the resume refuses", () => {
    const fast: StreamCommand = { kind: "changeTier", tier: "fast", rate: perDay(10_000n * TOKEN) };
    const paused = stateAfter(opened(terms(), 0n), [{ kind: "pause" }, HOUR], [fast, HOUR]);
    expect(applyStreamEvent(paused, { kind: "resume" }, HOUR).refusal?.code).toBe("insufficient-balance");
  });
});

describe("standing orders", () => {
  const rule = { triggerMs: HOUR, chunkMs: 4n * HOUR, dailyMax: 2n * TOKEN, expiresMs: null };
  const autoTopUp: StreamCommand = { kind: "autoTopUp", walletBalance: RICH };

  test("given runway at the trigger, nothing; a millisecond less, one chunk; not again that day past its maximum", () => {
    const stream = opened(terms({ autoTopUp: rule }), 0n);
    expect(stateAfter(stream, [autoTopUp, 3n * HOUR]).funded).toBe(stream.funded);
    const once = stateAfter(stream, [autoTopUp, 3n * HOUR + 1n]);
    expect(once.funded).toBe(3_333_333_333_333_333_334n);
    expect(stateAfter(once, [autoTopUp, 7n * HOUR + 1n]).funded).toBe(once.funded);
    expect(
      stateAfter(
        once,
        [{ kind: "pause" }, 7n * HOUR],
        [{ kind: "resume" }, 25n * HOUR],
        [autoTopUp, 25n * HOUR + 1n],
      ).funded,
    ).toBe(5_000_000_000_000_000_001n);
  });

  test("given an exhausted stream in its grace, it revives it; after the grace it does not", () => {
    const stream = opened(terms({ autoTopUp: rule }), 0n);
    expect(stateAfter(stream, [autoTopUp, 5n * HOUR])).toMatchObject({
      status: "active",
      segmentStartMs: 5n * HOUR,
    });
    expect(stateAfter(stream, [autoTopUp, 7n * HOUR]).status).toBe("exhausted");
  });

  test("given a paused stream, it waits: nothing runs out", () => {
    const paused = stateAfter(opened(terms({ autoTopUp: rule }), 0n), [{ kind: "pause" }, 3n * HOUR + 1n]);
    expect(stateAfter(paused, [autoTopUp, 9n * HOUR]).funded).toBe(paused.funded);
  });

  test("given a rule set later or taken back, it counts from then on", () => {
    const set = stateAfter(opened(terms(), 0n), [{ kind: "setAutoTopUp", rule }, 1n]);
    expect(stateAfter(set, [autoTopUp, 3n * HOUR + 1n]).funded).toBeGreaterThan(set.funded);
    const cleared = stateAfter(set, [{ kind: "setAutoTopUp", rule: null }, 2n]);
    expect(stateAfter(cleared, [autoTopUp, 3n * HOUR + 1n]).funded).toBe(set.funded);
  });
});

describe("collecting", () => {
  test("given many collects, the total is that of one", () => {
    let stream = opened(terms(), 0n);
    for (let minute = 1n; minute <= 60n; minute++)
      stream = stateAfter(stream, [{ kind: "collect" }, minute * MINUTE]);
    expect(stream.billed).toBe(416_666_666_666_666_666n);
    expect(applyStreamEvent(stream, { kind: "collect" }, HOUR).postings).toEqual([]);
  });
});

function terms(change: Partial<StreamTerms> = {}): StreamTerms {
  return {
    sender: "0xa",
    receiver: "0xb",
    tier: "professional",
    rate: perDay(10n * TOKEN),
    depositMs: 4n * HOUR,
    graceMs: 2n * HOUR,
    autoTopUp: null,
    ...change,
  };
}

function opened(agreed: StreamTerms, atMs: bigint, deposit = 1_666_666_666_666_666_667n): StreamState {
  return stateAfter(pendingStream(agreed), [{ kind: "open", deposit, walletBalance: RICH }, atMs]);
}

/** The state after events that must not be refused. */
function stateAfter(
  state: StreamState,
  ...events: readonly (readonly [StreamCommand, bigint])[]
): StreamState {
  return events.reduce((now, [event, atMs]) => {
    const step = applyStreamEvent(now, event, atMs);
    expect(step.refusal).toBeUndefined();
    return step.state;
  }, state);
}

function call(price = 0n, requestId = "req_1"): StreamCommand {
  return { kind: "authorise", requestId, price };
}

function anyCommand(kind: "close" | "authorise" | "topUp" | "pause"): StreamCommand {
  if (kind === "close") return { kind, by: "sender" };
  if (kind === "authorise") return call();
  return kind === "topUp" ? { kind, amount: TOKEN, walletBalance: TOKEN } : { kind };
}
