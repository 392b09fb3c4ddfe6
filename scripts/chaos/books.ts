import { readFile } from "node:fs/promises";
import type pg from "pg";

/** The rows that the verdict looks at, read once everything is quiet. Amounts are base units. */
export type Books = {
  violations: { id: string; subject: string; detail: string }[];
  entries: { kind: string; actor: string; streamId: string | null; amount: bigint }[];
  /** `actor key` of every operation whose key was used up. */
  keys: Set<string>;
  requests: Map<string, RequestRow>;
  events: { streamId: string; kind: string; data: Record<string, unknown> }[];
  streams: Map<string, StreamRow>;
  segments: SegmentRow[];
  wallets: Map<string, bigint>;
  escrow: bigint;
};

export type RequestRow = {
  id: string;
  payer: string;
  streamId: string | null;
  state: string;
  key: string | null;
  price: bigint;
  receipt: string | null;
};

export type StreamRow = {
  id: string;
  sender: string;
  receiver: string;
  status: string;
  funded: bigint;
  billed: bigint;
  refunded: bigint;
  used: bigint;
};

export type SegmentRow = {
  streamId: string;
  rate: { amount: bigint; periodMs: bigint };
  startMs: bigint;
  endMs: bigint | null;
  endCause: string | null;
};

export async function readBooks(pool: pg.Pool): Promise<Books> {
  const read = async (sql: string) => (await pool.query(sql)).rows;
  const requests = await read(
    `select id, payer, stream_id as "streamId", state, idempotency_key as key, price, receipt
     from request left join request_answer on request_id = id`,
  );
  const streams = await read(
    "select id, sender, receiver, status, funded, billed, refunded, used from stream",
  );
  const wallets = await read("select owner, balance from account where kind = 'wallet'");
  const [{ escrow }] = await read(
    "select coalesce(sum(balance), 0) as escrow from account where kind = 'escrow'",
  );
  return {
    violations: await read(await readFile("prisma/invariants.sql", "utf8")),
    entries: (
      await read(`select e.kind, e.actor, e.stream_id as "streamId", p.amount from journal_entry e
                  join posting p on p.entry_id = e.id and p.amount > 0`)
    ).map((row) => ({ ...row, amount: BigInt(row.amount) })),
    keys: new Set(
      (await read("select actor || ' ' || key as used from idempotency where response is not null")).map(
        ({ used }) => used,
      ),
    ),
    requests: new Map(requests.map((row) => [row.id, { ...row, price: BigInt(row.price) }])),
    events: await read(
      `select stream_id as "streamId", kind, data from stream_event order by stream_id, seq`,
    ),
    streams: new Map(
      streams.map((row) => [row.id, { ...row, ...amounts(row, ["funded", "billed", "refunded", "used"]) }]),
    ),
    segments: (
      await read(
        "select stream_id, rate_amount, rate_period_ms, start_ms, end_ms, end_cause from stream_segment order by stream_id, seq",
      )
    ).map((row) => ({
      streamId: row.stream_id,
      rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
      startMs: BigInt(row.start_ms),
      endMs: row.end_ms === null ? null : BigInt(row.end_ms),
      endCause: row.end_cause,
    })),
    wallets: new Map(wallets.map(({ owner, balance }) => [owner, BigInt(balance)])),
    escrow: BigInt(escrow),
  };
}

function amounts(row: Record<string, string>, names: readonly string[]): Record<string, bigint> {
  return Object.fromEntries(names.map((name) => [name, BigInt(row[name] ?? 0)]));
}
