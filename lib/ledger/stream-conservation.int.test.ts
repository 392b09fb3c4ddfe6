import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { closeStream } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { fundedAddress, HOUR_MS, listProvider, someAddress, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { type StreamConservation, streamConservation } from "./stream-conservation";

const { simulated } = ledgerForFile();

/** 4 + 1 tokens in, an hour of basic (5/day: 0.208333…) collected. */
async function conservation(
  tamper: (db: Queryable, streamId: string) => Promise<unknown>,
  end: "open" | "closed" = "open",
): Promise<StreamConservation> {
  return simulated(async ({ db, at }) => {
    const provider = await listProvider(db, {
      tiers: { basic: { rate: { amount: 24n * TOKEN, periodMs: 24n * HOUR_MS } } },
    });
    const payer = await fundedAddress(db, 10n * TOKEN);
    const { id: streamId } = await openStream(
      { actor: payer, providerId: provider.id, tier: "basic", deposit: 4n * TOKEN },
      db,
    );
    await at(DAY_BEGIN_MS + HOUR_MS);
    await collectStream({ actor: provider.owner, streamId }, db);
    await topUpStream({ actor: payer, streamId, amount: TOKEN }, db);
    await at(DAY_BEGIN_MS + 2n * HOUR_MS);
    if (end === "closed") await closeStream({ actor: payer, streamId }, db);
    await db.query("set local session_replication_role = replica");
    await tamper(db, streamId);
    return streamConservation({ actor: payer, streamId }, db);
  });
}

const untouched = async () => undefined;
const amounts = ({ lines }: StreamConservation) => lines.map(({ name, amount }) => [name, amount]);
const named = ({ faults }: StreamConservation, streamId = /str_[A-Za-z0-9_-]+/g) =>
  faults.map(({ what, difference }) => [what.replaceAll(streamId, "str"), difference]);

describe("given a stream with a deposit, a collection and a top-up", () => {
  test("running, what was put in is what was paid and what is in escrow", async () => {
    const books = await conservation(untouched);
    expect(books).toMatchObject({ holds: true, difference: 0n, faults: [], entryCount: 3, hashedCount: 3 });
    expect(amounts(books)).toEqual([
      ["funded", 5n * TOKEN],
      ["paid", TOKEN],
      ["refunded", 0n],
      ["fees", 0n],
      ["remaining", 4n * TOKEN],
    ]);
    expect(books.lines[0]?.entries.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["top-up", TOKEN],
      ["deposit", 4n * TOKEN],
    ]);
  });

  test("closed, it is what was paid and what came back", async () => {
    const books = await conservation(untouched, "closed");
    expect(books).toMatchObject({ holds: true, difference: 0n, faults: [], entryCount: 5 });
    expect(amounts(books)).toEqual([
      ["funded", 5n * TOKEN],
      ["paid", 2n * TOKEN],
      ["refunded", 3n * TOKEN],
      ["fees", 0n],
      ["remaining", 0n],
    ]);
  });

  test("to a stranger it is as little there as one that never was", async () => {
    await simulated(async ({ db, refusal }) => {
      const provider = await listProvider(db);
      const payer = await fundedAddress(db, 10n * TOKEN);
      const { id: streamId } = await openStream({ actor: payer, providerId: provider.id, tier: "basic" }, db);
      const stranger = await refusal(() => streamConservation({ actor: someAddress(), streamId }, db));
      const nothing = await refusal(() => streamConservation({ actor: payer, streamId: "str_0" }, db));
      expect([stranger.code, nothing.code]).toEqual(["stream-not-found", "stream-not-found"]);
      expect(stranger.message).toBe(nothing.message);
      expect(await streamConservation({ actor: provider.owner, streamId }, db)).toMatchObject({
        holds: true,
      });
    });
  });
});

describe("given somebody with every right on the database who changes one thing", () => {
  const escrow = "account_id like 'escrow:%'";
  const deposit = "(select id from journal_entry where kind = 'deposit')";
  const collect = "(select id from journal_entry where kind = 'collect')";

  test.each([
    {
      what: "what the stream was funded with",
      sql: "update stream set funded = funded + 7",
      faults: [["The stream's row differs from its journal in what was put in.", 7n]],
    },
    {
      what: "what the stream was billed",
      sql: "update stream set billed = billed - 3",
      faults: [["The stream's row differs from its journal in what was paid.", -3n]],
    },
    {
      what: "what the stream was refunded",
      sql: "update stream set refunded = refunded + 1",
      faults: [
        ["The stream's row differs from its journal in what was returned.", 1n],
        ["Refunds: 0 in the journal, 1 expected.", null],
      ],
    },
    {
      what: "what the escrow holds",
      sql: "update account set balance = balance - 2 where kind = 'escrow'",
      difference: 2n,
      faults: [["The escrow account differs from the sum of its postings.", -2n]],
    },
    {
      what: "the amount of a posting to the escrow",
      sql: `update posting set amount = amount + 5 where entry_id = ${deposit} and ${escrow}`,
      difference: 5n,
      faults: [
        ["The stream's row differs from its journal in what was put in.", -5n],
        ["The escrow account differs from the sum of its postings.", -5n],
        ["Entry open:str does not balance.", 5n],
        ["Entry open:str no longer hashes to what was written.", null],
        ["Entry open:str changes the balance by another amount than it posts.", -5n],
      ],
    },
    {
      what: "the other side of a posting to the escrow",
      sql: `update posting set amount = amount - 5 where entry_id = ${deposit} and amount < 0`,
      faults: [["Entry open:str does not balance.", -5n]],
    },
    {
      what: "both sides of a payment, the stream and the balance, so that every sum is right",
      sql: `with p as (update posting set amount = amount * 2, balance_after = balance_after + amount where entry_id = ${collect}),
        q as (update posting set balance_after = balance_after - ${TOKEN} where ${escrow} and seq = 2),
        s as (update stream set billed = billed + ${TOKEN}) update account set balance = balance - ${TOKEN} where kind = 'escrow'`,
      faults: [
        ["Entry top-up:str:0 breaks the hash chain of the escrow.", null],
        ["Entry bill:str:0 no longer hashes to what was written.", null],
      ],
    },
    {
      what: "an entry, deleted with its postings",
      sql: `with p as (delete from posting where entry_id = ${collect}) delete from journal_entry where id = ${collect}`,
      difference: TOKEN,
      faults: [
        ["The stream's row differs from its journal in what was paid.", TOKEN],
        ["The escrow account differs from the sum of its postings.", -TOKEN],
        ["Payments: 0 in the journal, 1 expected.", null],
        ["Postings between 0 and 2 are missing.", null],
        ["Entry top-up:str:0 changes the balance by another amount than it posts.", -TOKEN],
        ["Entry top-up:str:0 breaks the hash chain of the escrow.", null],
        ["The escrow counts 3 postings, 2 are there.", null],
      ],
    },
    {
      what: "an entry, deleted without its postings",
      sql: `delete from journal_entry where id = ${collect}`,
      difference: TOKEN,
      faults: [
        ["The stream's row differs from its journal in what was paid.", TOKEN],
        ["Payments: 0 in the journal, 1 expected.", null],
        ["A posting has lost its entry.", -TOKEN],
        ["Posting 1 no longer hashes to what was written.", null],
      ],
    },
    {
      what: "a posting to the escrow, deleted",
      sql: `delete from posting where entry_id = ${deposit} and ${escrow}`,
      difference: -4n * TOKEN,
      faults: [
        ["The stream's row differs from its journal in what was put in.", 4n * TOKEN],
        ["The escrow account differs from the sum of its postings.", 4n * TOKEN],
        ["Deposits: 0 in the journal, 1 expected.", null],
        ["Entry open:str posts nothing to this stream's escrow.", null],
        ["Postings between -1 and 1 are missing.", null],
        ["Entry bill:str:0 changes the balance by another amount than it posts.", 4n * TOKEN],
        ["Entry bill:str:0 breaks the hash chain of the escrow.", null],
        ["The escrow counts 3 postings, 2 are there.", null],
      ],
    },
    {
      what: "a hash in the chain",
      sql: `update posting set hash = sha256('x') where entry_id = ${collect} and ${escrow}`,
      faults: [
        ["Entry top-up:str:0 breaks the hash chain of the escrow.", null],
        ["Entry bill:str:0 breaks the hash chain of the escrow.", null],
      ],
    },
    {
      what: "the head of the chain",
      sql: "update account set head = sha256('x') where kind = 'escrow'",
      faults: [["The escrow's last hash is not that of its last posting.", null]],
    },
    {
      what: "the time of an entry",
      sql: `update journal_entry set at_ms = at_ms - 1 where id = ${collect}`,
      faults: [["Entry bill:str:0 no longer hashes to what was written.", null]],
    },
  ])("$what: it is named", async ({ sql, faults, difference = 0n }) => {
    const books = await conservation((db) => db.query(sql));
    expect(named(books)).toEqual(faults);
    expect(books).toMatchObject({ holds: false, difference });
  });
});
