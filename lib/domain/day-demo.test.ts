import { describe, expect, test } from "vitest";
import { toDecimal } from "./decimal";
import { requiredDeposit } from "./deposit";
import { PERIODS_MS, perDay } from "./rate";
import { streamBalance } from "./stream-balance";
import type { StreamCommand } from "./stream-command";
import { applyStreamEvent, pendingStream, type StreamState } from "./stream-state";

// The 24 h demo and its control run (S0.16–S0.19). Every expected figure is a literal of the requirements.
const HOUR = PERIODS_MS.hour;
const DAY = PERIODS_MS.day;
const RICH = 10n ** 30n;

const hoursOfFirst = [1n, 4n, 8n, 12n, 16n, 20n, 23n].map((hour) => hour * HOUR);
const quarterHours = Array.from({ length: 96 }, (_, index) => BigInt(index) * 900_000n);
const streams = [
  { name: "Hospital-IMSS → RheumaScore", perDay: 10n, callsAtMs: hoursOfFirst },
  { name: "ResearchDAO → DNAI", perDay: 100n, callsAtMs: quarterHours },
  { name: "Clinic-UNAM → HolterAI", perDay: 1n, callsAtMs: [] },
];

describe.each([
  {
    given: "18 decimals",
    decimals: 18,
    deposited: ["11.666667", "116.666667", "1.166667"],
    refunds: ["1.666667", "16.666667", "0.166667"],
  },
  {
    given: "6 decimals, chunks rounded up",
    decimals: 6,
    deposited: ["11.666669", "116.666669", "1.166669"],
    refunds: ["1.666669", "16.666669", "0.166669"],
  },
])("the 24 h demo with automatic top-up, a token of $given", ({ decimals, deposited, refunds }) => {
  const runs = streams.map((stream) => runDay(stream, decimals, true));

  test("it authorises 7, 96 and 0 calls, 103 together", () => {
    expect(runs.map((run) => run.authorised)).toEqual([7, 96, 0]);
    expect(runs.map((run) => run.denials.length)).toEqual([0, 0, 0]);
  });

  test("it tops each stream up 6 times", () => {
    expect(runs.map((run) => run.topUps)).toEqual([6, 6, 6]);
  });

  test("it pays 10, 100 and 1: a volume of 111.0000", () => {
    expect(runs.map((run) => run.shown(run.state.billed))).toEqual(["10.000000", "100.000000", "1.000000"]);
    const volume = runs.reduce((sum, run) => sum + run.state.billed, 0n);
    expect(toDecimal(volume, decimals, 4, "nearest")).toBe("111.0000");
  });

  test("it gives back what was put in and not used", () => {
    expect(runs.map((run) => run.shown(run.state.funded))).toEqual(deposited);
    expect(runs.map((run) => run.shown(run.state.refunded))).toEqual(refunds);
  });
});

describe.each([
  { decimals: 18, after1h: ["0.416667", "1.250000"], after4h: ["1.666667", "0.000000"] },
  // The same money floored to its own last digit: what is shown is all there is, so nothing rounds up.
  { decimals: 6, after1h: ["0.416666", "1.250001"], after4h: ["1.666666", "0.000001"] },
])(
  "the control run, 4 h of deposit and no top-up, a token of $decimals decimals",
  ({ decimals, after1h, after4h }) => {
    const runs = streams.map((stream) => runDay(stream, decimals, false));
    const [first, second] = runs as [Run, Run];

    test("it authorises 2, 17 and 0 calls, and denies 84 of 103", () => {
      expect(runs.map((run) => run.authorised)).toEqual([2, 17, 0]);
      expect(runs.reduce((sum, run) => sum + run.denials.length, 0)).toBe(84);
    });

    test("it has the first stream accrue 10/24 in 1 h and its whole deposit in 4 h", () => {
      expect(first.passed.map(({ atMs, accrued, remaining }) => [atMs / HOUR, accrued, remaining])).toEqual([
        [1n, ...after1h],
        [4n, ...after4h],
      ]);
    });

    test("it denies with what would have accrued: 3.333333 at 8 h, 17.708333 at 15,300 s", () => {
      expect(first.denials[0]).toEqual({
        atMs: 8n * HOUR,
        code: "stream/deposit-exhausted",
        accrued: "3.333333",
      });
      expect(second.denials[0]).toEqual({
        atMs: 15_300_000n,
        code: "stream/deposit-exhausted",
        accrued: "17.708333",
      });
      expect(second.passed.at(-1)?.atMs).toBe(14_400_000n);
    });

    test("it pays the deposits, 18.5 together, and refunds nothing", () => {
      expect(runs.map((run) => run.shown(run.state.billed))).toEqual(["1.666667", "16.666667", "0.166667"]);
      expect(runs.map((run) => run.state.refunded)).toEqual([0n, 0n, 0n]);
      const volume = runs.reduce((sum, run) => sum + run.state.billed, 0n);
      expect(toDecimal(volume, decimals, 4, "nearest")).toBe("18.5000");
    });
  },
);

type Run = ReturnType<typeof runDay>;

/** Opens at 0, sweeps every minute, calls when the demo calls, closes after 24 h. Grace outlasts the day. */
function runDay(
  { perDay: tokens, callsAtMs }: { perDay: bigint; callsAtMs: readonly bigint[] },
  decimals: number,
  autoTopUp: boolean,
) {
  const rate = perDay(tokens * 10n ** BigInt(decimals));
  const shown = (value: bigint) => toDecimal(value, decimals, 6, "nearest");
  const rule = { triggerMs: HOUR, chunkMs: 4n * HOUR, dailyMax: RICH, expiresMs: null };
  let state: StreamState = pendingStream({
    sender: "0xa",
    receiver: "0xb",
    tier: "any",
    rate,
    depositMs: 4n * HOUR,
    graceMs: 2n * DAY,
    autoTopUp: autoTopUp ? rule : null,
  });
  let topUps = 0;
  const run = (event: StreamCommand, atMs: bigint) => {
    const step = applyStreamEvent(state, event, atMs);
    state = step.state;
    topUps += step.events.filter(({ kind }) => kind === "auto-topped-up").length;
    return step.refusal;
  };

  const passed: { atMs: bigint; accrued: string; remaining: string }[] = [];
  const denials: { atMs: bigint; code: string; accrued: string }[] = [];
  expect(
    run({ kind: "open", deposit: requiredDeposit(rate, 4n * HOUR), walletBalance: RICH }, 0n),
  ).toBeUndefined();
  for (let atMs = 0n; atMs < DAY; atMs += 60_000n) {
    run({ kind: "tick" }, atMs);
    run({ kind: "autoTopUp", walletBalance: RICH }, atMs);
    if (!callsAtMs.includes(atMs)) continue;
    const refusal = run({ kind: "authorise", requestId: `call at ${atMs}`, price: 0n }, atMs);
    const { accrued, remaining } = streamBalance(state, atMs);
    if (!refusal) passed.push({ atMs, accrued: shown(accrued), remaining: shown(remaining) });
    else denials.push({ atMs, code: refusal.code, accrued: shown(refusal.extensions.accrued ?? -1n) });
  }
  run({ kind: "close", by: "sender" }, DAY);
  expect(state.status).toBe("settled");
  return { state, topUps, passed, denials, authorised: passed.length, shown };
}
