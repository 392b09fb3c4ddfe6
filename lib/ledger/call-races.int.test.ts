import { afterEach, describe, expect, test } from "vitest";
import { PERIODS_MS } from "@/lib/domain/rate";
import type { Decision } from "@/lib/streams/authorize-request";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { closeStream } from "@/lib/streams/close-stream";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { sweepStream } from "@/lib/streams/sweep-streams";
import {
  authorise,
  authorised,
  complete,
  fundedAddress,
  listProvider,
  someCall,
  walletBalance,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { runInvariants } from "./run-invariants";

const CLIENTS = 32;
const ledger = ledgerForFile(CLIENTS);
afterEach(async () => expect(await runInvariants(ledger.db)).toEqual([]));

/** One base unit in thirty days: while a test runs, accrual is more than nothing and less than one unit. */
const SLOW = { amount: 1n, periodMs: PERIODS_MS.month30 };

describe("calls with a price, at once", () => {
  test("given 1,005 units, of 200 calls for 10 exactly 100 pass, and all are paid for", async () => {
    const { db, payer, provider, stream, call } = await begin(1_005n);
    const calls = Array.from({ length: 200 }, () => call({ price: 10n }));
    const decisions = await race(calls.length, (n) => authorise(db, calls[n] ?? call()));
    expect(count(decisions)).toEqual({ authorised: 100, "stream/deposit-exhausted": 100 });
    expect(new Set(decisions.flatMap((d) => (d.outcome === "authorised" ? [d.seq] : []))).size).toBe(100);

    const ended = await race(calls.length, (n) => complete(db, calls[n]?.requestId ?? ""));
    expect(ended.filter(Boolean)).toHaveLength(100);
    const { totalPaid, refund } = await closeStream({ actor: payer, streamId: stream.id }, db);
    expect({ totalPaid, refund }).toEqual({ totalPaid: 1_000n, refund: 5n });
    expect(await walletBalance(db, provider.owner)).toBe(1_000n);
  });

  test("given calls that are voided, their money serves the next ones, each unit once at a time", async () => {
    const { db, payer, stream, call } = await begin(105n);
    const outcomes = await race(300, async (n) => {
      const { requestId } = call();
      const decision = await authorise(db, call({ requestId, price: 10n }));
      if (decision.outcome !== "authorised") return "denied";
      const { held } = await getStream({ actor: payer, streamId: stream.id }, db);
      expect(held).toBeLessThanOrEqual(105n);
      const outcome = n % 3 === 0 ? "served" : "voided";
      expect(await complete(db, requestId, outcome)).toBe(true);
      expect(await complete(db, requestId, "served")).toBe(false); // A call ends once.
      return outcome;
    });
    const served = outcomes.filter((outcome) => outcome === "served").length;
    const { totalPaid } = await closeStream({ actor: payer, streamId: stream.id }, db);
    expect(served).toBeLessThanOrEqual(10);
    expect(totalPaid).toBe(10n * BigInt(served));
  });

  test("given one idempotency key, one call passes; the others wait, then replay it; another body conflicts", async () => {
    const { db, call } = await begin(1_000n);
    const keyed = (requestHash = "aa".repeat(32)) =>
      call({ price: 10n, idempotencyKey: "once", requestHash });
    const decisions = await race(CLIENTS, () => authorise(db, keyed()));
    expect(count(decisions)).toEqual({ authorised: 1, "request-in-progress": CLIENTS - 1 });

    const winner = decisions.find((decision) => decision.outcome === "authorised");
    if (!winner) throw new Error("Nobody won.");
    await complete(db, winner.requestId);
    const later = await race(CLIENTS, (n) => authorise(db, keyed(n % 2 ? "bb".repeat(32) : undefined)));
    expect(count(later)).toEqual({ replay: CLIENTS / 2, "idempotency-conflict": CLIENTS / 2 });
    for (const decision of later)
      if (decision.outcome === "replay") expect(decision.requestId).toBe(winner.requestId);
  });

  test("given one idempotency key on two streams of the payer, one call passes in all", async () => {
    const { db, payer, provider, call, stream } = await begin(1_000n);
    const other = await openStream(
      { actor: payer, providerId: provider.id, tier: "basic", deposit: 1_000n },
      db,
    );
    const decisions = await race(CLIENTS, (n) =>
      authorise(db, call({ price: 10n, idempotencyKey: "once", streamId: n % 2 ? stream.id : other.id })),
    );
    expect(count(decisions)).toEqual({ authorised: 1, "request-in-progress": CLIENTS - 1 });
  });

  test("given one proof, one call passes", async () => {
    const { db, call } = await begin(1_000n);
    const claim = { kind: "challenge", id: "once", expiresMs: 9_999_999_999_999n } as const;
    const decisions = await race(CLIENTS, () => authorise(db, call({ claim })));
    expect(count(decisions)).toEqual({ authorised: 1, "invalid-challenge": CLIENTS - 1 });
  });
});

describe("calls at once with a change of their stream", () => {
  test("given a close, what it let in before is honoured and nothing is let in after", async () => {
    let [before, after] = [0, 0];
    for (let round = 0; round < 5; round += 1) {
      const { db, payer, provider, stream, call } = await begin(1_000n);
      const own = { actor: payer, streamId: stream.id };
      const calls = Array.from({ length: 64 }, () => call({ price: 10n }));
      const [decisions] = await Promise.all([
        race(calls.length, (n) => authorise(db, calls[n] ?? call())),
        closeStream(own, db),
      ]);
      expect(count([await authorise(db, call())])).toEqual({ "stream/terminated": 1 });

      const passed = decisions.filter((decision) => decision.outcome === "authorised");
      const terminated = count(decisions)["stream/terminated"] ?? 0;
      expect(passed.length + terminated).toBe(64);
      before += passed.length;
      after += terminated;
      const closed = await getStream(own, db);
      for (const { atMs } of passed) expect(atMs).toBeLessThanOrEqual(closed.closedAtMs ?? 0n);
      expect(closed.status).toBe(passed.length ? "closing" : "settled");

      await race(passed.length, (n) => complete(db, passed[n]?.requestId ?? "", n % 2 ? "voided" : "served"));
      await race(4, () => sweepStream(stream.id, db));
      const owed = 10n * BigInt(Math.ceil(passed.length / 2));
      const settled = await getStream(own, db);
      expect(settled).toMatchObject({ status: "settled", billed: owed, refunded: 1_000n - owed });
      expect(await walletBalance(db, provider.owner)).toBe(owed);
    }
    expect(Math.min(before, after)).toBeGreaterThan(0); // Otherwise it was no race.
  });

  test("given a change of tier, each call passes at one tier and its price, the old before the new", async () => {
    const { db, payer, stream, call } = await begin(1_000_000n);
    const [decisions] = await Promise.all([
      race(100, () => authorise(db, call())),
      changeStreamTier({ actor: payer, streamId: stream.id, tier: "professional" }, db),
    ]);
    await authorised(db, call()).then((last) => decisions.push(last));
    const passed = decisions.flatMap((d) => (d.outcome === "authorised" ? [d] : []));
    expect(passed).toHaveLength(101);
    for (const { tier, rate } of passed) expect(rate.amount).toBe(tier === "basic" ? 1n : 2n);
    const order = passed.sort((a, b) => Number(a.seq - b.seq)).map(({ tier }) => tier);
    expect(order.lastIndexOf("basic")).toBeLessThan(order.indexOf("professional"));
  });
});

async function begin(deposit: bigint) {
  const { db } = ledger;
  const limit = { maxRequestsPerHour: 1_000_000 };
  const provider = await listProvider(db, {
    tiers: { basic: { rate: SLOW, ...limit }, professional: { rate: { ...SLOW, amount: 2n }, ...limit } },
  });
  const payer = await fundedAddress(db, 2n * deposit);
  const stream = await openStream({ actor: payer, providerId: provider.id, tier: "basic", deposit }, db);
  const call = (more: Partial<Parameters<typeof someCall>[0]> = {}) =>
    someCall({ providerId: provider.id, payer, streamId: stream.id, ...more });
  return { db, provider, payer, stream, call };
}

/** How many came out how. */
function count(decisions: Decision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const decision of decisions) {
    const outcome = decision.outcome === "denied" ? decision.code : decision.outcome;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
