import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { closeStream } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { fundedAddress, HOUR_MS, listProvider, someAddress, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { eachStatementRow, listStatement } from "./list-statement";

const { simulated } = ledgerForFile();

/** 10 in; 4 locked at 0 h; 1 collected and 1 topped up at 1 h; closed at 2 h: 1 more paid, 3 back. */
function life<T>(
  look: (db: Queryable, ends: { payer: string; owner: string; streamId: string }) => Promise<T>,
) {
  return simulated(async ({ db, at }) => {
    const provider = await listProvider(db, {
      tiers: { basic: { rate: { amount: 24n * TOKEN, periodMs: 24n * HOUR_MS } } },
    });
    const payer = await fundedAddress(db, 10n * TOKEN);
    const open = { actor: payer, providerId: provider.id, tier: "basic", deposit: 4n * TOKEN };
    const { id: streamId } = await openStream(open, db);
    await at(T0 + HOUR_MS);
    await collectStream({ actor: provider.owner, streamId }, db);
    await topUpStream({ actor: payer, streamId, amount: TOKEN }, db);
    await at(T0 + 2n * HOUR_MS);
    await closeStream({ actor: payer, streamId }, db);
    return look(db, { payer, owner: provider.owner, streamId });
  });
}

describe("given a wallet that was credited, locked, topped up and got the rest back", () => {
  test("each movement is told with its amount and the balance after it, newest first", () =>
    life(async (db, { payer, owner, streamId }) => {
      const statement = await listStatement({ actor: payer, limit: 10 }, db);
      expect(
        statement.items.map(({ seq, kind, amount, balanceAfter }) => [seq, kind, amount, balanceAfter]),
      ).toEqual([
        [3n, "refund", 3n * TOKEN, 8n * TOKEN],
        [2n, "top-up", -TOKEN, 5n * TOKEN],
        [1n, "deposit", -4n * TOKEN, 6n * TOKEN],
        [0n, "credit", 10n * TOKEN, 10n * TOKEN],
      ]);
      expect(statement.items[0]).toMatchObject({
        stream: { id: streamId },
        streams: 1,
        atMs: T0 + 2n * HOUR_MS,
      });
      expect(statement.items[0]?.counterparty?.toLowerCase()).toBe(owner);
      expect(statement.items[3]).toMatchObject({ stream: null, streams: 0, counterparty: null });
      expect(statement.summary).toEqual({
        opening: 0n,
        received: 13n * TOKEN,
        sent: 5n * TOKEN,
        closing: 8n * TOKEN,
        count: 4,
      });
    }));

  test("a receiver sees what was paid, and by whom", () =>
    life(async (db, { payer, owner }) => {
      const { items, summary } = await listStatement({ actor: owner, limit: 10 }, db);
      expect(items.map(({ kind, amount }) => [kind, amount])).toEqual([
        ["settle", TOKEN],
        ["collect", TOKEN],
      ]);
      expect(items[0]?.counterparty?.toLowerCase()).toBe(payer);
      expect(summary.closing).toBe(2n * TOKEN);
    }));

  test("for a period, opening and movements come to closing, and only what was in it is listed", () =>
    life(async (db, { payer }) => {
      const filter = { actor: payer, fromMs: T0 + HOUR_MS, untilMs: T0 + 2n * HOUR_MS };
      const { items, summary } = await listStatement({ ...filter, limit: 10 }, db);
      expect(items.map(({ kind }) => kind)).toEqual(["top-up"]);
      expect(summary).toEqual({
        opening: 6n * TOKEN,
        received: 0n,
        sent: TOKEN,
        closing: 5n * TOKEN,
        count: 1,
      });
    }));

  test("of one kind, the balances stay those of the whole wallet", () =>
    life(async (db, { payer }) => {
      const { items, summary } = await listStatement({ actor: payer, kind: "refund", limit: 10 }, db);
      expect(items.map(({ balanceAfter }) => balanceAfter)).toEqual([8n * TOKEN]);
      expect(summary).toMatchObject({ count: 1, closing: 8n * TOKEN });
    }));

  test("in pages of one, nothing is left out or told twice", () =>
    life(async (db, { payer }) => {
      const seen: bigint[] = [];
      let cursor: bigint | undefined;
      for (let page = 0; page < 4; page += 1) {
        const { items, nextCursor } = await listStatement({ actor: payer, cursor, limit: 1 }, db);
        seen.push(...items.map(({ seq }) => seq));
        expect(nextCursor).toBe(["3", "2", "1", null][page]);
        cursor = nextCursor === null ? undefined : BigInt(nextCursor);
      }
      expect(seen).toEqual([3n, 2n, 1n, 0n]);
    }));

  test("exported in batches of any size it is the same, oldest first", () =>
    life(async (db, { payer }) => {
      for (const batch of [1, 2, 3, 4, 5]) {
        const seqs: bigint[] = [];
        for await (const rows of eachStatementRow({ actor: payer }, db, batch))
          seqs.push(...rows.map(({ seq }) => seq));
        expect(seqs).toEqual([0n, 1n, 2n, 3n]);
      }
    }));

  test("an address that never moved anything has an empty statement", () =>
    life(async (db) => {
      const { items, summary, nextCursor } = await listStatement({ actor: someAddress(), limit: 10 }, db);
      expect(items).toEqual([]);
      expect(nextCursor).toBeNull();
      expect(summary).toEqual({ opening: 0n, received: 0n, sent: 0n, closing: 0n, count: 0 });
    }));
});
