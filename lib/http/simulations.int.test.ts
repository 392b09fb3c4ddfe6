import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { formatAmount } from "@/lib/format";
import { demoDay } from "@/lib/simulation/scenario";
import { simulate, stopSimulator } from "@/lib/simulation/simulate";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { runSimulationOperation } from "./operations/simulation-operations";
import { forgetRateCounts } from "./rate-limit";

type Stream = {
  name: string;
  topUps: number;
  deposited: string;
  paid: string;
  refunded: string;
  denied: number;
  closedAtMs: number;
  closeCause: string;
  segments: { startMs: number; endMs: number; startCause: string; endCause: string; accrued: string }[];
  series: { atMs: number; accrued: string; used: string; deposited: string }[];
};
type Call = {
  atMs: number;
  stream: string;
  decision: string;
  reason: string | null;
  accrued: string;
  remaining: string;
};
type Simulation = {
  totals: Record<"requests" | "authorised" | "denied" | "topUps", number> & { volume: string };
  providers: { name: string; earned: string; requests: number }[];
  streams: Stream[];
  requests: Call[];
  violations: unknown[];
};

const HOUR = 3_600_000;
const TOKEN = 10n ** 18n;
const usdc = (value = "0", digits = 6) =>
  formatAmount(BigInt(value), { decimals: 18, max: digits, min: digits, rounding: "nearest" });
const run = (json: object) => answerOf<Simulation>(runSimulationOperation, { json });
const callsOf = ({ requests }: Simulation, name: string) => requests.filter(({ stream }) => stream === name);

beforeEach(() => forgetRateCounts());
afterAll(() => stopSimulator());

describe("the preset `demo` (S0.16, S0.17, S0.19)", () => {
  test("103 calls are authorised, six top-ups a stream, volume 111, 18.5 back", async () => {
    const { totals, providers, streams, violations } = await run({ preset: "demo" });
    expect(totals).toMatchObject({ requests: 103, authorised: 103, denied: 0, topUps: 18 });
    expect(usdc(totals.volume, 4)).toBe("111.0000");
    expect(providers.map(({ name, earned, requests }) => [name, usdc(earned, 4), requests])).toEqual([
      ["RheumaScore", "10.0000", 7],
      ["DNAI", "100.0000", 96],
      ["HolterAI", "1.0000", 0],
    ]);
    expect(streams.map(({ topUps }) => topUps)).toEqual([6, 6, 6]);
    expect(streams.map(({ deposited }) => usdc(deposited))).toEqual(["11.666667", "116.666667", "1.166667"]);
    expect(streams.map(({ paid }) => paid)).toEqual([
      "10000000000000000000",
      "100000000000000000000",
      "1000000000000000000",
    ]);
    expect(streams.map(({ refunded }) => usdc(refunded))).toEqual(["1.666667", "16.666667", "0.166667"]);
    expect(violations).toEqual([]);
  });
});

describe("the preset `control` (S0.18)", () => {
  test("19 authorised and 84 denied, the deposits are paid, nothing comes back", async () => {
    const control = await run({ preset: "control" });
    expect(control.totals).toMatchObject({ requests: 103, authorised: 19, denied: 84, topUps: 0 });
    expect(usdc(control.totals.volume, 4)).toBe("18.5000");
    expect(control.streams.map(({ paid }) => usdc(paid))).toEqual(["1.666667", "16.666667", "0.166667"]);
    expect(control.streams.map(({ refunded }) => refunded)).toEqual(["0", "0", "0"]);
    expect(control.violations).toEqual([]);
  });

  test("the first stream: 2 of 7, with 1.25 left after 1 h, 0 after 4 h, denied at 8 h", async () => {
    const calls = callsOf(await run({ preset: "control" }), "s1");
    expect(calls.map(({ decision }) => decision === "authorised")).toEqual([
      true,
      true,
      ...Array(5).fill(false),
    ]);
    expect(
      calls.slice(0, 3).map((call) => [call.atMs, usdc(call.accrued), usdc(call.remaining), call.reason]),
    ).toEqual([
      [HOUR, "0.416667", "1.250000", null],
      [4 * HOUR, "1.666667", "0.000000", null],
      [8 * HOUR, "3.333333", "0.000000", "stream/deposit-exhausted"],
    ]);
  });

  test("the second stream: 17 of 96, first denied at 15,300 s with 17.708333 accrued", async () => {
    const calls = callsOf(await run({ preset: "control" }), "s2");
    expect(calls.filter(({ decision }) => decision === "authorised").map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: 17 }, (_, i) => i * 900_000),
    );
    const first = calls.find(({ decision }) => decision === "denied");
    expect([first?.atMs, usdc(first?.accrued)]).toEqual([15_300_000, "17.708333"]);
  });

  test("its chart: accrual rises to the deposit at 4 h and stays there", async () => {
    const [first] = (await run({ preset: "control" })).streams;
    const at = (ms: number) => first?.series.find(({ atMs }) => atMs === ms);
    expect(at(2 * HOUR)).toEqual({
      atMs: 2 * HOUR,
      accrued: "833333333333333333",
      used: "0",
      deposited: "1666666666666666667",
    });
    expect(at(12 * HOUR)).toMatchObject({ accrued: "1666666666666666667", deposited: "1666666666666666667" });
    expect(first?.segments).toEqual([
      expect.objectContaining({ startMs: 0, endMs: 4 * HOUR + 1, startCause: "open", endCause: "exhaust" }),
    ]);
  });
});

describe("a simulation", () => {
  test("given the same input twice, it answers byte for byte the same", async () => {
    const bodies = await Promise.all(
      [1, 2].map(async () =>
        (await callOperation(runSimulationOperation, { json: { preset: "demo" } })).text(),
      ),
    );
    expect(bodies[0]).toBe(bodies[1]);
  });

  test("given prices, an hourly limit and an early close, each call says what became of it", async () => {
    // 0.1 USDCx an hour for 2 h; a call costs 0.01; two calls an hour; closed after 90 minutes.
    const { requests, streams, totals } = await run({
      scenario: {
        lengthMs: 2 * HOUR,
        depositMs: 2 * HOUR,
        streams: [
          {
            rate: { amount: String(TOKEN / 10n), periodMs: HOUR },
            maxRequestsPerHour: 2,
            price: String(TOKEN / 100n),
            requests: { atMs: [0, 600_000, 1_200_000, HOUR, 6_000_000] },
            closesAtMs: 5_400_000,
          },
        ],
      },
    });
    expect(
      requests.map(({ reason, accrued, remaining }) => [reason, usdc(accrued), usdc(remaining)]),
    ).toEqual([
      [null, "0.000000", "0.190000"],
      [null, "0.016667", "0.163333"],
      ["stream/rate-limited", "0.033333", "0.146667"],
      [null, "0.100000", "0.070000"],
      ["stream/terminated", "0.150000", "0.000000"],
    ]);
    expect(totals).toMatchObject({ authorised: 3, denied: 2 });
    expect(streams.map(({ paid, refunded }) => [usdc(paid), usdc(refunded)])).toEqual([
      ["0.180000", "0.020000"],
    ]);
    expect(streams[0]).toMatchObject({ closedAtMs: 5_400_000, closeCause: "sender" });
    expect(streams[0]?.series.at(-1)).toEqual({
      atMs: 5_400_000,
      accrued: "150000000000000000",
      used: "30000000000000000",
      deposited: "200000000000000000",
    });
  });

  test("given a wallet that runs low, the rule stops, the stream dries up and is closed after its grace", async () => {
    // 1 USDCx an hour, 1 h locked, 1 h more at a time, and 2.5 in the wallet: one top-up, dry after 2 h.
    const { streams, requests } = await run({
      scenario: {
        lengthMs: 6 * HOUR,
        depositMs: HOUR,
        graceMs: HOUR,
        wallet: String((TOKEN * 5n) / 2n),
        autoTopUp: { triggerMs: 600_000, chunkMs: HOUR },
        streams: [{ rate: { amount: String(TOKEN), periodMs: HOUR }, requests: { everyMs: HOUR } }],
      },
    });
    expect(requests.map(({ reason }) => reason)).toEqual([
      null,
      null,
      null,
      "stream/deposit-exhausted",
      "stream/terminated",
      "stream/terminated",
    ]);
    expect(streams[0]).toMatchObject({ topUps: 1, closedAtMs: 3 * HOUR + 1, closeCause: "grace-ended" });
    expect(usdc(streams[0]?.paid)).toBe("2.000000");
  });

  test("given a sweep that comes too late, a call tops the stream up itself, as at the door", async () => {
    const { requests } = await run({
      scenario: {
        lengthMs: 3 * HOUR,
        depositMs: HOUR,
        sweepMs: HOUR,
        graceMs: 2 * HOUR,
        autoTopUp: { triggerMs: 60_000, chunkMs: HOUR },
        streams: [{ requests: { atMs: [1.5 * HOUR] } }],
      },
    });
    expect(requests).toMatchObject([{ decision: "authorised", atMs: 1.5 * HOUR }]);
  });

  test.each([
    { why: "neither", json: {}, pointer: "/body" },
    { why: "both", json: { preset: "demo", scenario: { lengthMs: HOUR, streams: [{}] } }, pointer: "/body" },
    {
      why: "too many calls of one stream",
      json: { scenario: { lengthMs: 2_001_000, streams: [{ requests: { everyMs: 1_000 } }] } },
      pointer: "/body/scenario/streams/0/requests",
    },
    {
      why: "too many calls",
      json: {
        scenario: {
          lengthMs: 2_000_000,
          streams: [1, 2, 3].map(() => ({ requests: { everyMs: 1_000 } })),
        },
      },
      pointer: "/body/scenario/streams",
    },
    {
      why: "two streams of one name",
      json: { scenario: { lengthMs: HOUR, streams: [{ name: "s2" }, {}] } },
      pointer: "/body/scenario/streams/1/name",
    },
    {
      why: "a deposit above the wallet",
      json: { scenario: { lengthMs: HOUR, wallet: "1", streams: [{ tier: "basic" }] } },
      pointer: "/body/scenario/streams/0/tier",
    },
    {
      why: "a call after the end",
      json: { scenario: { lengthMs: HOUR, streams: [{ requests: { atMs: [HOUR] } }] } },
      pointer: "/body/scenario/streams/0/requests/atMs",
    },
  ])("given $why, it is refused and says where", async ({ json, pointer }) => {
    const response = await callOperation(runSimulationOperation, { json });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid-input", errors: [{ pointer }] });
  });

  test("given a rule that keeps the sweep busy without end, it is refused", async () => {
    const response = await callOperation(runSimulationOperation, {
      json: {
        scenario: {
          lengthMs: 31 * 24 * HOUR,
          graceMs: 31 * 24 * HOUR,
          sweepMs: 1_000,
          // One chunk a day: the rule is tried again every 30 s for the rest of it.
          autoTopUp: { triggerMs: HOUR, chunkMs: HOUR, dailyMax: "41666666666666667" },
          streams: [{}],
        },
      },
    });
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toContain("More than 1000 sweeps");
  });

  test("given twelve at once, two run, eight wait, and two are told when to come again", async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        callOperation(runSimulationOperation, { json: { scenario: { lengthMs: HOUR, streams: [{}] } } }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(refused.map(({ headers }) => headers.get("Retry-After"))).toEqual(["5", "5"]);
  });

  test("given a caller who leaves, it ends, and the next one runs", async () => {
    const leaving = new AbortController();
    const left = simulate(demoDay, leaving.signal);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: "unavailable", message: "The caller left." });
    expect((await simulate(demoDay)).authorised).toBe(103);
  });
});
