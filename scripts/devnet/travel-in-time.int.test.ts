import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeStream } from "@/lib/streams/close-stream";
import { getStream } from "@/lib/streams/get-stream";
import { openStream } from "@/lib/streams/open-stream";
import { startTestDevnet } from "@/lib/testing/devnet";
import { fundedAddress, listProvider, TOKEN } from "@/lib/testing/ledger-fixtures";
import { scratchDatabase } from "@/lib/testing/scratch-database";
import { alignLedger } from "./align-clocks";
import { ledgerAheadMs, setLedgerAhead } from "./ledger-clock";
import { travelInTime } from "./travel-in-time";

/** What rounding to seconds and a busy machine explain. */
const SLACK_SECONDS = 20;

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let scratch: Awaited<ReturnType<typeof scratchDatabase>>;
let db: pg.PoolClient;

beforeAll(async () => {
  devnet = await startTestDevnet();
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  scratch = await scratchDatabase();
  db = await scratch.db.connect();
});
afterEach(async () => {
  db.release();
  await scratch.stop();
});

describe("travelInTime", () => {
  test("it moves the ledger and the chain by the same time, for all that are connected", async () => {
    const chainBefore = await chainSeconds();
    expect(await travelInTime(db, { rpcUrl: devnet.rpcUrl, seconds: 14_400n })).toBe(14_400_000n);
    expect(await travelInTime(db, { rpcUrl: devnet.rpcUrl, seconds: 60n })).toBe(14_460_000n);

    const moved = (await chainSeconds()) - chainBefore;
    expect(moved).toBeGreaterThanOrEqual(14_460);
    expect(moved).toBeLessThan(14_460 + SLACK_SECONDS);
    const ledger = await ledgerSeconds();
    expect(Math.abs(ledger - (Date.now() / 1_000 + 14_460))).toBeLessThan(SLACK_SECONDS);
  });

  test("a stream on the ledger accrues what passed, and can be closed", async () => {
    const sender = await fundedAddress(scratch.db, 100n * TOKEN);
    const { id } = await listProvider(scratch.db);
    const opened = await openStream({ actor: sender, providerId: id, tier: "basic" }, scratch.db);
    await travelInTime(db, { rpcUrl: devnet.rpcUrl, seconds: 3_600n });

    const stream = await getStream({ streamId: opened.id, actor: sender }, scratch.db);
    const elapsedMs = stream.serverNowMs - opened.startedAtMs;
    expect(elapsedMs).toBeGreaterThanOrEqual(3_600_000n);
    expect(elapsedMs).toBeLessThan(3_600_000n + BigInt(SLACK_SECONDS) * 1_000n);
    // One USDCx a day: what an hour costs, and no less.
    expect(stream.accrued).toBeGreaterThanOrEqual(41_666_666_666_666_666n);
    await closeStream({ streamId: opened.id, actor: sender }, scratch.db);
    const { status } = await getStream({ streamId: opened.id, actor: sender }, scratch.db);
    expect(status).toBe("settled");
  });

  test("a simulated clock stays what it was set to", async () => {
    await travelInTime(db, { rpcUrl: null, seconds: 3_600n });
    await db.query("BEGIN");
    await db.query("SELECT set_config('superstream.now_ms', '1000', true)");
    expect((await db.query("SELECT clock_ms()::text AS now")).rows).toEqual([{ now: "1000" }]);
    await db.query("ROLLBACK");
  });

  test.each([{ seconds: 0n }, { seconds: -5n }, { seconds: 366n * 86_400n + 1n }])(
    "it refuses $seconds seconds, and nothing moves",
    async ({ seconds }) => {
      await expect(travelInTime(db, { rpcUrl: null, seconds })).rejects.toThrow("forward only");
      expect(await ledgerAheadMs(db)).toBe(0n);
    },
  );

  test("given a node that does not answer, the ledger stays where it was", async () => {
    const closed = "http://127.0.0.1:1";
    await expect(travelInTime(db, { rpcUrl: closed, seconds: 60n })).rejects.toThrow();
    expect(await ledgerAheadMs(db)).toBe(0n);
  });

  test("given another chain, nothing moves", async () => {
    await devnet.chain.request({ method: "anvil_setChainId", params: [8_453] } as never);
    try {
      await expect(travelInTime(db, { rpcUrl: devnet.rpcUrl, seconds: 60n })).rejects.toThrow(
        "not the devnet",
      );
      expect(await ledgerAheadMs(db)).toBe(0n);
    } finally {
      await devnet.chain.request({ method: "anvil_setChainId", params: [31_337] } as never);
    }
  });
});

describe("the ledger's clock", () => {
  test("it does not go back", async () => {
    await setLedgerAhead(db, 5_000n);
    await expect(setLedgerAhead(db, 4_999n)).rejects.toThrow("cannot go back");
    expect(await ledgerAheadMs(db)).toBe(5_000n);
  });

  test("given a chain further ahead it follows, given one behind it stays", async () => {
    await alignLedger(db, 7_200n);
    expect(await ledgerAheadMs(db)).toBe(7_200_000n);
    await alignLedger(db, 60n);
    expect(await ledgerAheadMs(db)).toBe(7_200_000n);
  });
});

async function chainSeconds(): Promise<number> {
  return Number((await devnet.chain.getBlock()).timestamp);
}

async function ledgerSeconds(): Promise<number> {
  const { rows } = await db.query("SELECT clock_ms()::text AS now");
  return Number(rows[0].now) / 1_000;
}
