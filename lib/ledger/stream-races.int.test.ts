import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { PERIODS_MS } from "@/lib/domain/rate";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { ProblemError } from "@/lib/errors";
import { closeStream } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { sweepStream, sweepStreams } from "@/lib/streams/sweep-streams";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { countDeadlocks } from "@/lib/testing/count-deadlocks";
import { fundedAddress, listProvider, someAddress, walletBalance } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { runInvariants } from "./run-invariants";

const CLIENTS = 32;
const WALLET = 1_000_000n;
const ledger = ledgerForFile(CLIENTS);
afterEach(async () => expect(await runInvariants(ledger.db)).toEqual([]));

describe("one operation key, at once", () => {
  test("given 32 top-ups, one is made, and all get its answer", async () => {
    const { db, payer, stream } = await begin();
    const topUp = { actor: payer, idempotencyKey: "once", streamId: stream.id, amount: 5_000n };
    const views = await race(CLIENTS, () => topUpStream(topUp, db));
    for (const { funded } of views) expect(funded).toBe(stream.funded + 5_000n);
    expect(await walletBalance(db, payer)).toBe(WALLET - stream.funded - 5_000n);
  });

  test("given two different bodies, one is made; its twins get its answer, the others a conflict", async () => {
    const { db, payer, stream } = await begin();
    const outcomes = await race(CLIENTS, async (n) => {
      const amount = n % 2 ? 5_000n : 7_000n;
      const topUp = { actor: payer, idempotencyKey: "once", streamId: stream.id, amount };
      return topUpStream(topUp, db).then(({ funded }) => funded - stream.funded, codeOf);
    });
    const won = outcomes.find((outcome) => typeof outcome === "bigint");
    expect([5_000n, 7_000n]).toContain(won);
    expect(outcomes.filter((outcome) => outcome === won)).toHaveLength(CLIENTS / 2);
    expect(outcomes.filter((outcome) => outcome === "idempotency-conflict")).toHaveLength(CLIENTS / 2);
  });

  test("given 32 openings, one stream is opened, and all get it", async () => {
    const { db, payer, provider, stream } = await begin();
    const opening = { actor: payer, idempotencyKey: "once", providerId: provider.id, tier: "basic" };
    const views = await race(CLIENTS, () => openStream(opening, db));
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    expect(await walletBalance(db, payer)).toBe(WALLET - 2n * stream.funded);
  });

  test("given 32 credits of a wallet that nobody had, one is made", async () => {
    const { db } = ledger;
    const credit = { actor: someAddress(), idempotencyKey: "once", amount: 3_000n };
    const views = await race(CLIENTS, () => creditWallet(credit, db));
    for (const { balance } of views) expect(balance).toBe(3_000n);
  });

  test("given a refusal, the key is free again", async () => {
    const { db, payer, stream } = await begin();
    const topUp = { actor: payer, idempotencyKey: "once", streamId: stream.id, amount: WALLET };
    expect(new Set(await race(8, () => topUpStream(topUp, db).catch(codeOf)))).toEqual(
      new Set(["insufficient-balance"]),
    );
    await creditWallet({ actor: payer, amount: WALLET }, db);
    expect((await topUpStream(topUp, db)).funded).toBe(stream.funded + WALLET);
  });
});

describe("top-ups without a key, at once", () => {
  test("given a wallet for 10 of 32, exactly 10 are made", async () => {
    const { db, payer, stream } = await begin();
    const left = WALLET - stream.funded;
    const topUp = { actor: payer, streamId: stream.id, amount: left / 10n };
    const outcomes = await race(CLIENTS, () => topUpStream(topUp, db).then(() => "made", codeOf));
    expect(outcomes.filter((outcome) => outcome === "made")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "insufficient-balance")).toHaveLength(CLIENTS - 10);
  });
});

describe("closing, at once", () => {
  test("given both ends 16 times, there is one settlement, and all get it", async () => {
    const { db, payer, provider, stream } = await begin();
    await sleep(20);
    const settlements = await race(CLIENTS, (n) =>
      closeStream({ actor: n % 2 ? payer : provider.owner, streamId: stream.id }, db),
    );
    const [first] = settlements;
    for (const { status, totalPaid, refund } of settlements)
      expect({ status, totalPaid, refund }).toEqual({
        status: "settled",
        totalPaid: first?.totalPaid,
        refund: first?.refund,
      });
    const { totalPaid, refund } = settlements[0] ?? { totalPaid: 0n, refund: 0n };
    expect(totalPaid).toBeGreaterThan(0n);
    expect(totalPaid + refund).toBe(stream.funded);
    expect(await walletBalance(db, provider.owner)).toBe(totalPaid);
    expect(await walletBalance(db, payer)).toBe(WALLET - totalPaid);
  });

  test("given collects at the same time, the receiver gets the settlement and not a unit more", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { db, payer, provider, stream } = await begin();
      const own = { actor: provider.owner, streamId: stream.id };
      await race<unknown>(CLIENTS, (n) => (n === 20 ? closeStream(own, db) : collectStream(own, db)));
      const settled = await getStream({ actor: payer, streamId: stream.id }, db);
      expect(settled).toMatchObject({ status: "settled", refunded: stream.funded - settled.billed });
      expect(await walletBalance(db, provider.owner)).toBe(settled.billed);
      expect(await walletBalance(db, payer)).toBe(WALLET - settled.billed);
    }
  });

  test("given automatic top-ups at the same time, none comes after the close, and all money comes back", async () => {
    for (let round = 0; round < 5; round += 1) {
      const rule = {
        triggerMs: PERIODS_MS.hour * 9n,
        chunkMs: PERIODS_MS.hour,
        dailyMax: WALLET,
        expiresMs: null,
      };
      const { db, payer, provider, stream } = await begin({ rule });
      await race<unknown>(CLIENTS, (n) =>
        n === 20 ? closeStream({ actor: payer, streamId: stream.id }, db) : sweepStream(stream.id, db),
      );
      const settled = await getStream({ actor: payer, streamId: stream.id }, db);
      expect(settled.status).toBe("settled");
      expect(settled.billed + settled.refunded).toBe(settled.funded);
      expect(await walletBalance(db, payer)).toBe(WALLET - settled.billed);
      expect(await walletBalance(db, provider.owner)).toBe(settled.billed);
    }
  });
});

describe("sweeps, at once", () => {
  test("given 20 streams that call for a top-up, eight sweeps give each exactly one", async () => {
    const rule = {
      triggerMs: PERIODS_MS.hour * 5n,
      chunkMs: PERIODS_MS.hour * 4n,
      dailyMax: WALLET,
      expiresMs: null,
    };
    const begun = await race(20, () => begin({ rule }));
    const reports = await race(8, () => sweepStreams({ limit: 100 }, ledger.db));
    expect(reports.map(({ failed }) => failed)).toEqual(reports.map(() => 0));
    for (const { db, payer, stream } of begun) {
      const { funded } = await getStream({ actor: payer, streamId: stream.id }, db);
      expect(funded).toBe(2n * stream.funded);
      await closeStream({ actor: payer, streamId: stream.id }, db);
    }
  });

  test("given 20 streams whose grace is over, eight sweeps settle each once", async () => {
    const begun = await race(20, () => begin({ depositMs: 5n, graceMs: 1n }));
    await sleep(30);
    await race(8, () => sweepStreams({ limit: 100 }, ledger.db));
    // Not by what the sweeps report: streams of the tests above may run dry in the meantime.
    const { rows } = await ledger.db.query(
      "select count(*) as settled from stream_event where kind = 'settled' and stream_id = any($1)",
      [begun.map(({ stream }) => stream.id)],
    );
    expect(rows).toEqual([{ settled: "20" }]);
    for (const { db, payer, provider, stream } of begun) {
      const settled = await getStream({ actor: payer, streamId: stream.id }, db);
      expect(settled).toMatchObject({
        status: "settled",
        closeCause: "grace-ended",
        billed: 500n,
        refunded: 0n,
      });
      expect(await walletBalance(db, provider.owner)).toBe(500n);
    }
  });

  test("given thousands of rows that have expired, sweeps delete them without waiting for each other", async () => {
    const { db } = ledger;
    await db.query(
      `insert into proof_claim (kind, id, payer, request_id, at_ms, expires_ms)
       select 'challenge', md5(n::text), '0x', md5(n::text), 0, 0 from generate_series(1, 5000) n`,
    );
    await db.query(
      `insert into stream_session (token_hash, stream_id, generation, created_ms, expires_ms)
       select sha256(n::text::bytea), 'str_0', 0, 0, 0 from generate_series(1, 5000) n`,
    );
    await race(16, () => sweepStreams({ limit: 100 }, db));
    const { rows } = await db.query(
      "select (select count(*) from proof_claim) as claims, (select count(*) from stream_session) as sessions",
    );
    expect(rows).toEqual([{ claims: "0", sessions: "0" }]);
  });

  test("no two of all these waited for each other", async () => {
    expect(await countDeadlocks(ledger.db)).toBe(0);
  });
});

/** A stream of 100 units a millisecond, so that time can be seen. */
async function begin(terms: { depositMs?: bigint; graceMs?: bigint; rule?: AutoTopUpRule } = {}) {
  const { db } = ledger;
  const { rule = null, ...more } = terms;
  const rate = rule
    ? { amount: 100n, periodMs: PERIODS_MS.hour }
    : { amount: 100_000n, periodMs: PERIODS_MS.second };
  const provider = await listProvider(db, {
    depositMs: rule ? PERIODS_MS.hour * 4n : 2_000n,
    tiers: { basic: { rate } },
    ...more,
  });
  const payer = await fundedAddress(db, WALLET);
  const stream = await openStream(
    { actor: payer, providerId: provider.id, tier: "basic", autoTopUp: rule },
    db,
  );
  return { db, provider, payer, stream };
}

function codeOf(error: unknown): string {
  if (error instanceof ProblemError) return error.code;
  throw error;
}
