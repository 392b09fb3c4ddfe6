import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { closeStream } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { collectStreams } from "@/lib/streams/collect-streams";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import {
  authorise,
  authorised,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { plantBug } from "@/lib/testing/plant-bug";
import { DAY_BEGIN_MS, type SimulatedLedger } from "@/lib/testing/simulated-ledger";
import { runInvariants } from "./run-invariants";

const { simulated } = ledgerForFile();

/**
 * The negative control: each planted bug moves money that balances, so that conservation (I1, I2) sees nothing wrong, and
 * only the checkers that look at each operation name the stream. A checker that never failed proves nothing.
 */
describe("a planted double charge", () => {
  test("given the right functions, the same steps leave nothing to name", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await collectTwiceAndClose(ledger, stream.id, provider.owner);
      expect(await runInvariants(ledger.db)).toEqual([]);
    });
  });

  test("given a bill that is posted twice under two keys, I6, I7 and I15 name the stream", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await plantBug(
        ledger.db,
        "stream_bill",
        "s.billed := s.billed + delta;",
        `s.billed := s.billed + delta;
         PERFORM post_entry('bill:' || s.id || ':' || s.next_bill || ':again', p_kind, s.id, s.receiver, s.last_ms, '{}',
                            escrow_of(s), wallet_of(s.receiver), delta);`,
      );
      await ledger.at(DAY_BEGIN_MS + HOUR_MS);
      await collectStream({ actor: provider.owner, streamId: stream.id }, ledger.db);
      expect(await violations(ledger.db, stream.id)).toEqual(["I15", "I6", "I7"]);
    });
  });

  test("given a bill that forgets what it took before, I7, I15 and the totals name the stream", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await plantBug(ledger.db, "stream_bill", "s.billed := s.billed + delta;", "");
      for (const hours of [1n, 2n]) {
        await ledger.at(DAY_BEGIN_MS + hours * HOUR_MS);
        await collectStream({ actor: provider.owner, streamId: stream.id }, ledger.db);
      }
      expect(await violations(ledger.db, stream.id)).toEqual(["I15", "I7", "totals"]);
    });
  });

  test("given bills that round up each time, I8 and I10 name the stream, even for one unit", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await plantBug(ledger.db, "stream_bill", "s.used - s.billed;", "s.used - s.billed + 1;");
      await collectTwiceAndClose(ledger, stream.id, provider.owner);
      expect(await violations(ledger.db, stream.id)).toEqual(["I10", "I8"]);
    });
  });

  test("given a bill in sets that forgets what it took before, I7, I15 and the totals name the stream", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await plantBug(ledger.db, "settle_locked", "billed = l.billed + l.delta,", "billed = l.billed,");
      for (const hours of [1n, 2n]) {
        await ledger.at(DAY_BEGIN_MS + hours * HOUR_MS);
        await collectStreams({ actor: provider.owner }, ledger.db);
      }
      expect(await violations(ledger.db, stream.id)).toEqual(["I15", "I7", "totals"]);
    });
  });

  test("given bills in sets that round up each time, I8 and I10 name the stream, even for one unit", async () => {
    await simulated(async (ledger) => {
      const { stream, provider } = await begin(ledger);
      await plantBug(ledger.db, "settle_locked", "+ used - billed, 0)", "+ used - billed + 1, 0)");
      await ledger.at(DAY_BEGIN_MS + HOUR_MS);
      await collectStreams({ actor: provider.owner }, ledger.db);
      await closeStream({ actor: provider.owner, streamId: stream.id }, ledger.db);
      expect(await violations(ledger.db, stream.id)).toEqual(["I10", "I8"]);
    });
  });

  test("given a served call that is charged twice, I13 names the stream", async () => {
    await simulated(async (ledger) => {
      const { stream, payer, provider } = await begin(ledger);
      await plantBug(
        ledger.db,
        "complete_requests",
        "s.used := s.used + set_aside;",
        "s.used := s.used + 2 * set_aside;",
      );
      const call = someCall({ providerId: provider.id, payer, price: TOKEN / 100n });
      await authorised(ledger.db, call);
      await complete(ledger.db, call.requestId);
      expect(await violations(ledger.db, stream.id)).toEqual(["I13"]);
    });
  });
});

describe("a planted second effect of one operation key", () => {
  const claimNothing = (db: Queryable) =>
    plantBug(db, "claim_operation", "IF FOUND THEN RETURN NULL; END IF;", "RETURN NULL;");

  test("the journal refuses the second entry, whatever claimed the key", async () => {
    await simulated(async ({ db }) => {
      const { topUp } = await begin({ db });
      await claimNothing(db);
      await topUp("key-1");
      await expect(topUp("key-1")).rejects.toMatchObject({
        code: "23505",
        constraint: "journal_entry_operation",
      });
    });
  });

  test("given a journal that would take it, I6 names the stream while I1 and I2 see nothing", async () => {
    await simulated(async ({ db }) => {
      await db.query("drop index journal_entry_operation");
      await claimNothing(db);
      const { stream, topUp } = await begin({ db });
      await topUp("key-1");
      await topUp("key-1");
      await topUp("key-2");
      expect(await violations(db, stream.id)).toEqual(["I6"]);
    });
  });
});

describe("a planted authorisation beyond the deposit", () => {
  const checkNoMoney = (db: Queryable) =>
    plantBug(
      db,
      "stream_obstacle",
      "price > 0 AND stream_depletes(charged, s.segment_started_ms) <= s.last_ms",
      "false",
    );

  test("the stream's own check refuses to hold more than was funded", async () => {
    await simulated(async ({ db }) => {
      const { payer, provider } = await begin({ db });
      await checkNoMoney(db);
      const call = someCall({ providerId: provider.id, payer, price: 3n * TOKEN });
      await expect(authorise(db, call)).rejects.toMatchObject({
        code: "23514",
        constraint: "stream_covered",
      });
    });
  });

  test("given a table that would take it, I10 names the stream while I1 and I2 see nothing", async () => {
    await simulated(async ({ db }) => {
      await db.query("alter table stream drop constraint stream_covered");
      await checkNoMoney(db);
      const { stream, payer, provider } = await begin({ db });
      await authorised(db, someCall({ providerId: provider.id, payer, price: 3n * TOKEN }));
      expect(await violations(db, stream.id)).toEqual(["I10"]);
    });
  });
});

/** A stream of one token a day with two tokens in it, opened at the beginning of the day. */
async function begin({ db }: Pick<SimulatedLedger, "db">) {
  const provider = await listProvider(db);
  const payer = await fundedAddress(db, 10n * TOKEN);
  const stream = await openStream(
    { actor: payer, providerId: provider.id, tier: "basic", deposit: 2n * TOKEN },
    db,
  );
  const topUp = (idempotencyKey: string) =>
    topUpStream({ actor: payer, idempotencyKey, streamId: stream.id, amount: TOKEN }, db);
  return { provider, payer, stream, topUp };
}

async function collectTwiceAndClose({ db, at }: SimulatedLedger, streamId: string, actor: string) {
  await at(DAY_BEGIN_MS + HOUR_MS);
  await collectStream({ actor, streamId }, db);
  await at(DAY_BEGIN_MS + 2n * HOUR_MS);
  await collectStream({ actor, streamId }, db);
  await closeStream({ actor, streamId }, db);
}

/** The ids of what is wrong, each once. All but the market's totals have to name the stream. */
async function violations(db: Queryable, streamId: string): Promise<string[]> {
  const found = await runInvariants(db);
  for (const { id, subject } of found) if (id !== "totals") expect(subject).toContain(streamId);
  return [...new Set(found.map(({ id }) => id))].sort();
}
