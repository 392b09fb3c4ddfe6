import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import type { Asset } from "@/lib/domain/asset";
import { ProblemError } from "@/lib/errors";
import { type Books, type Conservation, judgeConservation } from "./judge-conservation";

export type StreamConservation = Conservation & { streamId: string; asset: Asset; serverNowMs: bigint };

/** So many of the newest postings are hashed again at each look; all of them are summed. */
const HASHED_MAX = 5_000;

/**
 * Where a stream's money is by the journal alone: the postings of its escrow account, each hashed again with its entry, set
 * beside what the stream's own row and the account say. For its sender or its receiver.
 *
 * @throws ProblemError `stream-not-found`, the same for a stream of somebody else
 */
export async function streamConservation(
  { actor, streamId }: { actor: string; streamId: string },
  db: Queryable = pool(),
): Promise<StreamConservation> {
  const { rows } = await db.query<{ books: unknown; now_ms: string; symbol: string; decimals: number }>({
    text: booksOfStream,
    values: [streamId, actor.toLowerCase(), HASHED_MAX],
  });
  const [row] = rows;
  if (!row) throw new ProblemError("stream-not-found", "Stream not found.");
  const books: Books = booksOutput.parse(row.books);
  const asset = { symbol: row.symbol, decimals: row.decimals };
  return { streamId, asset, serverNowMs: BigInt(row.now_ms), ...judgeConservation(books) };
}

const units = z.string().transform((digits) => BigInt(digits));
const booksOutput = z.object({
  recorded: z.object({
    status: z.string(),
    funded: units,
    billed: units,
    refunded: units,
    topUps: z.int(),
    bills: z.int(),
  }),
  account: z.object({ balance: units, nextSeq: units, headHolds: z.boolean() }).nullable(),
  totals: z.array(z.object({ kind: z.string(), amount: units, count: z.int() })),
  strays: z.array(z.string()),
  links: z.array(
    z.object({
      seq: units,
      key: z.string().nullable(),
      kind: z.string().nullable(),
      atMs: units.nullable(),
      amount: units,
      balanceBefore: units,
      balanceAfter: units,
      seqBefore: units,
      sides: units,
      entryHolds: z.boolean(),
      linkHolds: z.boolean(),
    }),
  ),
});

/**
 * One statement, so that what is compared is of one moment. An entry of two sides is hashed from what stands in the tables
 * now; the posting's link is then hashed over that, so that a change of either shows.
 */
const booksOfStream = `
  with s as (select * from stream where id = $1 and $2 in (sender, receiver)),
  a as (select account.* from account join s on account.id = 'escrow:' || s.id),
  side as (select p.*, e.key, e.kind from a join posting p on p.account_id = a.id left join journal_entry e on e.id = p.entry_id),
  newest as (
    select *, lag(hash) over w as hash_before, coalesce(lag(balance_after) over w, 0) as balance_before,
      coalesce(lag(seq) over w, -1) as seq_before, row_number() over (order by seq desc) as age
    from (select * from side order by seq desc limit $3 + 1) n window w as (order by seq)),
  link as (
    select n.*, e.at_ms, sides.total, e.hash is not distinct from hashed.entry as entry_holds,
      n.hash is not distinct from posting_hash(n.hash_before, hashed.entry, n.account_id, n.seq, n.amount, n.balance_after) as link_holds
    from newest n left join journal_entry e on e.id = n.entry_id
      cross join lateral (
        select sum(amount) as total, count(*) as n, max(account_id) filter (where amount < 0) as payer,
          max(account_id) filter (where amount > 0) as payee, max(amount) filter (where amount > 0) as moved
        from posting where entry_id = n.entry_id) sides
      cross join lateral (select case when sides.n <= 2
        then entry_hash(e.key, e.kind, e.stream_id, e.actor, e.at_ms, e.memo, sides.payer, sides.payee, n.asset, sides.moved)
        else e.hash end as entry) hashed
    where n.age <= $3)
  select clock_ms() as now_ms, asset.symbol, asset.decimals, jsonb_build_object(
    'recorded', jsonb_build_object('status', s.status, 'funded', s.funded::text, 'billed', s.billed::text,
      'refunded', s.refunded::text, 'topUps', s.next_top_up, 'bills', s.next_bill),
    'account', (select jsonb_build_object('balance', balance::text, 'nextSeq', next_seq::text,
      'headHolds', head is not distinct from (select hash from side order by seq desc limit 1)) from a),
    'totals', coalesce((select jsonb_agg(t) from (
      select coalesce(kind, '') as kind, sum(amount)::text as amount, count(*)::int as count from side group by 1) t), '[]'),
    'strays', coalesce((select jsonb_agg(key order by id) from (
      select e.id, e.key from journal_entry e where e.stream_id = s.id
        and not exists (select 1 from posting p where p.entry_id = e.id and p.account_id = 'escrow:' || s.id) limit 20) t), '[]'),
    'links', coalesce((select jsonb_agg(jsonb_build_object('seq', seq::text, 'key', key, 'kind', kind, 'atMs', at_ms::text,
      'amount', amount::text, 'balanceBefore', balance_before::text, 'balanceAfter', balance_after::text,
      'seqBefore', seq_before::text, 'sides', total::text, 'entryHolds', entry_holds, 'linkHolds', link_holds)
      order by seq desc) from link), '[]')) as books
  from s join asset on asset.id = s.asset`;
