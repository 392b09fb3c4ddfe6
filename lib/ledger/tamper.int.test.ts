import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { collectStream } from "@/lib/streams/collect-stream";
import { collectStreams } from "@/lib/streams/collect-streams";
import { openStream } from "@/lib/streams/open-stream";
import {
  authorised,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { runInvariants } from "./run-invariants";

const { simulated } = ledgerForFile();

const credit = "(select id from journal_entry where kind = 'credit')";
const collect = "(select id from journal_entry where kind = 'collect')";
const wallet = "(select id from account where owner = $1 and kind = 'wallet')";
const lastSegment = "(select max(seq) from stream_segment)";

/**
 * Somebody with every right on the database, triggers switched off, changes one thing. Each has to be named. `ids`: all that
 * see it; the payer is $1.
 */
describe.each(["by one call", "in sets"] as const)(
  "given a ledger with a credit, a deposit, a collection %s, two segments and a served call",
  (collected) => {
    test("untouched, nothing is named", async () => {
      expect(await named(collected, async () => undefined)).toEqual([]);
    });

    test.each([
      {
        what: "the amount of a posting",
        sql: `update posting set amount = amount + 1 where entry_id = ${credit} and amount > 0`,
        ids: ["I1", "I2", "I5"],
      },
      {
        what: "both amounts of an entry and the balances",
        sql: `with p as (update posting set amount = amount * 2, balance_after = case when seq is null then null else balance_after + amount end where entry_id = ${credit}) update account set balance = balance + 10 * 10::numeric ^ 18 where id = ${wallet}`,
        params: true,
        ids: ["I5"],
      },
      {
        what: "the balance after a posting",
        sql: `update posting set balance_after = balance_after + 1 where entry_id = ${collect} and amount < 0`,
        ids: ["I5"],
      },
      {
        what: "who got a posting",
        sql: `update posting set account_id = ${wallet}, seq = 99 where entry_id = ${collect} and amount > 0`,
        params: true,
        ids: ["I2", "I5"],
      },
      {
        what: "the hash of a posting",
        sql: `update posting set hash = sha256('x') where entry_id = ${credit} and amount > 0`,
        ids: ["I5"],
      },
      {
        what: "a posting, deleted",
        sql: `delete from posting where entry_id = ${credit} and amount > 0`,
        ids: ["I1", "I2", "I5"],
      },
      {
        what: "an entry, deleted with its postings",
        sql: `with p as (delete from posting where entry_id = ${collect}) delete from journal_entry where id = ${collect}`,
        ids: ["I2", "I5", "I6", "I7"],
      },
      {
        what: "a posting, inserted",
        sql: `insert into posting (entry_id, account_id, seq, asset, amount, balance_after, hash) select ${collect}, ${wallet}, next_seq, asset, 1, balance + 1, sha256('x') from account where id = ${wallet}`,
        params: true,
        ids: ["I1", "I2", "I5", "I7"],
      },
      {
        what: "the memo of an entry",
        sql: `update journal_entry set memo = '{"source": "elsewhere"}' where id = ${credit}`,
        ids: ["I5"],
      },
      {
        what: "the time of an entry",
        sql: `update journal_entry set at_ms = at_ms - 1 where id = ${collect}`,
        ids: ["I5"],
      },
      {
        what: "the stream of an entry",
        sql: `update journal_entry set stream_id = 'str_0' where id = ${collect}`,
        ids: ["I5", "I6", "I7"],
      },
      {
        what: "a balance",
        sql: `update account set balance = balance + 1 where id = ${wallet}`,
        params: true,
        ids: ["I2"],
      },
      {
        what: "the head of an account",
        sql: `update account set head = sha256('x') where id = ${wallet}`,
        params: true,
        ids: ["I5"],
      },
      {
        what: "the end of a segment",
        sql: "update stream_segment set end_ms = end_ms - 1 where seq = 0",
        ids: ["I8"],
      },
      {
        what: "the price of a segment that is over",
        sql: "update stream_segment set rate_amount = rate_amount + 1 where seq = 0",
        ids: ["I8"],
      },
      {
        what: "what a segment accrued",
        sql: "update stream_segment set end_num = end_num + 1 where seq = 0",
        ids: ["I8"],
      },
      {
        what: "the price of the segment that runs",
        sql: `update stream_segment set rate_amount = rate_amount + 1 where seq = ${lastSegment}`,
        ids: ["I8"],
      },
      {
        what: "the start of the segment that runs",
        sql: `update stream_segment set start_ms = start_ms + 1 where seq = ${lastSegment}`,
        ids: ["I8"],
      },
      { what: "a segment, deleted", sql: "delete from stream_segment where seq = 0", ids: ["I8"] },
      {
        what: "a segment, inserted",
        sql: "insert into stream_segment (stream_id, seq, tier, rate_amount, rate_period_ms, start_ms, start_cause) select stream_id, seq + 1, tier, rate_amount, rate_period_ms, start_ms, start_cause from stream_segment order by seq desc limit 1",
        ids: ["I8"],
      },
      { what: "what a stream carries", sql: "update stream set carried_num = carried_num + 1", ids: ["I8"] },
      {
        what: "what a stream was billed",
        sql: "update stream set billed = billed - 1",
        ids: ["I15", "I7", "totals"],
      },
      { what: "what a stream was funded with", sql: "update stream set funded = funded + 1", ids: ["I15"] },
      { what: "what a stream used", sql: "update stream set used = used + 1", ids: ["I13"] },
      { what: "what a stream holds", sql: "update stream set held = held + 1", ids: ["I4"] },
      {
        what: "how many calls a stream served",
        sql: "update stream set served = served + 1",
        ids: ["I13", "totals"],
      },
      { what: "a served call, deleted", sql: "delete from request", ids: ["I13"] },
      { what: "a hold, deleted", sql: "delete from hold", ids: ["I13"] },
      { what: "what a hold was for", sql: "update hold set amount = amount + 1", ids: ["I13"] },
      {
        what: "a receipt on a call that was not served",
        sql: "with a as (insert into request_answer (request_id, status, receipt) select id, 200, '{}' from request) update request set state = 'voided'",
        ids: ["I13", "I18"],
      },
      { what: "whose proof it was", sql: "update proof_claim set payer = 'somebody'", ids: ["I17"] },
      {
        what: "when something happened to a stream",
        sql: "update stream_event set at_ms = at_ms + 86400000 where seq = 0",
        ids: ["I9"],
      },
      { what: "an event, deleted", sql: "delete from stream_event where seq = 1", ids: ["I9"] },
      {
        what: "the total of the market",
        sql: "update counter set earned = earned + 1 where scope = 'market'",
        ids: ["totals"],
      },
    ])("$what changed: $ids name it", async ({ sql, params, ids }) => {
      expect(await named(collected, (db, payer) => db.query(sql, params ? [payer] : []))).toEqual(ids);
    });
  },
);

/** The ids that `tamper` sets off in a small ledger that is right. */
async function named(
  collected: "by one call" | "in sets",
  tamper: (db: Queryable, payer: string) => Promise<unknown>,
): Promise<string[]> {
  return simulated(async ({ db, at }) => {
    const provider = await listProvider(db);
    const payer = await fundedAddress(db, 10n * TOKEN);
    const { id: streamId } = await openStream(
      { actor: payer, providerId: provider.id, tier: "basic", deposit: 4n * TOKEN },
      db,
    );
    const claim = { kind: "challenge", id: "once", expiresMs: DAY_BEGIN_MS + HOUR_MS } as const;
    const call = someCall({ providerId: provider.id, payer, price: TOKEN / 10n, claim });
    await authorised(db, call);
    await complete(db, call.requestId);
    await at(DAY_BEGIN_MS + HOUR_MS);
    if (collected === "in sets") await collectStreams({ actor: provider.owner }, db);
    else await collectStream({ actor: provider.owner, streamId }, db);
    await changeStreamTier({ actor: payer, streamId, tier: "professional" }, db);
    await db.query("set local session_replication_role = replica");
    await tamper(db, payer);
    const found = await runInvariants(db);
    return [...new Set(found.map(({ id }) => id))].sort();
  });
}
