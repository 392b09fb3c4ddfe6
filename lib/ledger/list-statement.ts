import "server-only";
import { getAddress } from "viem";
import { pool, type Queryable } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import type { StatementKind } from "@/lib/domain/statement-kind";

/** One movement of a wallet. `amount` is signed: what came in is positive. Base units. */
export type StatementRow = {
  /** Position in the wallet's own chain: 0, 1, 2 … */
  seq: bigint;
  /** The entry's key: one key, one movement. */
  key: string;
  kind: StatementKind;
  atMs: bigint;
  amount: bigint;
  balanceAfter: bigint;
  /** The other end, where there is one: who pays, or is paid. */
  counterparty: string | null;
  /** The stream and its provider; null for money from outside, or when one entry settled several streams. */
  stream: { id: string; providerId: string; providerName: string } | null;
  /** How many streams the entry touches. */
  streams: number;
};

export type StatementFilter = {
  actor: string;
  kind?: StatementKind | undefined;
  /** From this moment on, and before that one: Unix ms. */
  fromMs?: bigint | undefined;
  untilMs?: bigint | undefined;
};

/** What a period did to a wallet: opening + received − sent = closing, over all kinds. */
export type StatementSummary = {
  opening: bigint;
  received: bigint;
  sent: bigint;
  closing: bigint;
  /** Movements that the filter shows, of its kind too. */
  count: number;
};

export type Statement = {
  address: string;
  asset: Asset;
  summary: StatementSummary;
  items: StatementRow[];
  nextCursor: string | null;
};

/**
 * A page of a wallet's movements, newest first, each with the balance after it. The cursor is the `seq` of the last one seen.
 * The summary is of the whole period, whatever the page.
 */
export async function listStatement(
  filter: StatementFilter & { cursor?: bigint | undefined; limit: number },
  db: Queryable = pool(),
): Promise<Statement> {
  const actor = filter.actor.toLowerCase();
  const page = { before: filter.cursor, limit: filter.limit + 1 };
  const [summary, rows] = [
    await summaryOf({ ...filter, actor }, db),
    await readRows({ ...filter, actor }, page, db),
  ];
  const items = rows.slice(0, filter.limit);
  return {
    address: getAddress(actor),
    asset: LEDGER_ASSET,
    summary,
    items,
    nextCursor: rows.length > filter.limit ? String(items.at(-1)?.seq) : null,
  };
}

/** All movements that a filter shows, oldest first, in batches: what stood in the ledger when it was asked for. */
export async function* eachStatementRow(
  filter: StatementFilter,
  db: Queryable = pool(),
  batch = 500,
): AsyncGenerator<StatementRow[]> {
  const actor = filter.actor.toLowerCase();
  const { rows: ends } = await db.query<{ end: string }>({
    text: "select coalesce((select next_seq from account where id = 'wallet:' || $1), 0) as end",
    values: [actor],
  });
  const before = BigInt(ends[0]?.end ?? 0);
  let after = -1n;
  for (;;) {
    const rows = await readRows({ ...filter, actor }, { after, before, limit: batch, oldestFirst: true }, db);
    if (rows.length > 0) yield rows;
    if (rows.length < batch) return;
    after = rows.at(-1)?.seq ?? before;
  }
}

const inPeriod = "($2::bigint is null or e.at_ms >= $2) and ($3::bigint is null or e.at_ms < $3)";

async function summaryOf(filter: StatementFilter, db: Queryable): Promise<StatementSummary> {
  const { rows } = await db.query<Record<"opening" | "received" | "sent" | "count", string>>({
    text: `select coalesce(sum(p.amount) filter (where e.at_ms < $2), 0) as opening,
        coalesce(sum(p.amount) filter (where p.amount > 0 and ${inPeriod}), 0) as received,
        coalesce(-sum(p.amount) filter (where p.amount < 0 and ${inPeriod}), 0) as sent,
        count(*) filter (where ${inPeriod} and ($4::text is null or e.kind = $4)) as count
      from posting p join journal_entry e on e.id = p.entry_id where p.account_id = 'wallet:' || $1`,
    values: [filter.actor, filter.fromMs ?? null, filter.untilMs ?? null, filter.kind ?? null],
  });
  const [opening, received, sent] = [rows[0]?.opening, rows[0]?.received, rows[0]?.sent].map((text) =>
    BigInt(text ?? 0),
  ) as [bigint, bigint, bigint];
  return { opening, received, sent, closing: opening + received - sent, count: Number(rows[0]?.count ?? 0) };
}

type Row = {
  seq: string;
  key: string;
  kind: string;
  at_ms: string;
  amount: string;
  balance_after: string;
  streams: number;
  stream_id: string | null;
  provider_id: string | null;
  provider_name: string | null;
  counterparty: string | null;
};

type Page = { after?: bigint; before?: bigint | undefined; limit: number; oldestFirst?: boolean };

/** The stream is the one whose escrow is the entry's other side: an entry that settles several names none. */
async function readRows(filter: StatementFilter, page: Page, db: Queryable): Promise<StatementRow[]> {
  const { rows } = await db.query<Row>({
    text: `select p.seq, e.key, e.kind, e.at_ms, p.amount, p.balance_after, o.streams, s.id as stream_id, s.provider_id,
        v.name as provider_name, case when s.sender = $1 then s.receiver else s.sender end as counterparty
      from posting p join journal_entry e on e.id = p.entry_id
        cross join lateral (select count(*)::int as streams, max(substr(x.account_id, 8)) as stream_id
          from posting x where x.entry_id = p.entry_id and x.account_id like 'escrow:%') o
        left join stream s on o.streams = 1 and s.id = o.stream_id left join provider v on v.id = s.provider_id
      where p.account_id = 'wallet:' || $1 and ${inPeriod} and ($4::text is null or e.kind = $4)
        and ($5::bigint is null or p.seq > $5) and ($6::bigint is null or p.seq < $6)
      order by p.seq ${page.oldestFirst ? "" : "desc"} limit $7`,
    values: [
      filter.actor,
      filter.fromMs ?? null,
      filter.untilMs ?? null,
      filter.kind ?? null,
      page.after ?? null,
      page.before ?? null,
      page.limit,
    ],
  });
  return rows.map((row) => ({
    seq: BigInt(row.seq),
    key: row.key,
    kind: row.kind as StatementKind,
    atMs: BigInt(row.at_ms),
    amount: BigInt(row.amount),
    balanceAfter: BigInt(row.balance_after),
    counterparty: row.counterparty === null ? null : getAddress(row.counterparty),
    stream:
      row.stream_id === null
        ? null
        : { id: row.stream_id, providerId: row.provider_id ?? "", providerName: row.provider_name ?? "" },
    streams: row.streams,
  }));
}
