import type pg from "pg";
import { LEDGER_ASSET } from "@/lib/domain/asset";

/** Streams that one sender has open. */
const STREAMS_PER_SENDER = 10;
/** All of them have run for so long when the filling starts. */
const RUNNING_MS = 3_600_000;

/** What is written, in this order, and emptied before: what the money functions would have written, but millions of rows at once. */
const TABLES = [
  "provider_tier",
  "service",
  "posting",
  "journal_entry",
  "account",
  "stream_event",
  "stream_segment",
  "stream_session",
  "request_answer",
  "request",
  "counter",
  "stream",
  "provider",
];

/**
 * Fills an empty market with running streams whose books hold to the last hash: every invariant is true afterwards. Written in one
 * transaction that empties the tables first (PostgreSQL then needs no log for them) and with the indexes made at the end.
 * Nothing is left switched off.
 *
 * @param market.streams active streams, a multiple of 10: senders have ten each
 * @param market.receivers providers, each of an owner of its own; streams are dealt out to them in turn
 * @param market.requests served calls, one a stream at most, each with its receipt
 */
export async function fillMarket(
  pool: pg.Pool,
  { streams, receivers, requests }: { streams: number; receivers: number; requests: number },
): Promise<void> {
  if (streams % STREAMS_PER_SENDER !== 0 || requests > streams)
    throw new RangeError(`${streams} streams, ${requests} requests`);
  const client = await pool.connect();
  try {
    await client.query("begin");
    // Triggers and foreign keys are for writers that may be wrong; the invariants look at what was written.
    await client.query("set local session_replication_role = replica; set local synchronous_commit = off");
    await client.query("set local work_mem = '64MB'; set local maintenance_work_mem = '256MB'");
    await client.query(`truncate ${TABLES.join(", ")} cascade`);
    const indexes = await dropIndexes(client);
    await client.query(tablesOfPlan(streams, receivers, requests));
    await client.query(providers);
    await client.query(journal);
    await client.query(streamRows);
    for (const create of indexes) await client.query(create);
    await client.query("drop table plan, purse");
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
  await pool.query("vacuum (analyze)");
  await pool.query("checkpoint");
}

/** Indexes that no constraint stands on; returns the statements that make them again. */
async function dropIndexes(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = 'public' and tablename = any ($1)
       and not exists (select from pg_constraint c where c.conindid = (quote_ident(indexname))::regclass)`,
    [TABLES],
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  return rows.map(({ definition }) => definition);
}

/** What each stream will be, and the senders' wallets while they are written. */
function tablesOfPlan(streams: number, receivers: number, requests: number): string {
  return `
create unlogged table plan as
select n, 'str_' || lpad(n::text, 12, '0') as id, '0x' || lpad(to_hex(n / ${STREAMS_PER_SENDER} + 1), 40, '0') as sender,
  'p' || n % ${receivers} as provider, '0xee' || lpad(to_hex(n % ${receivers}), 38, '0') as receiver, n % ${STREAMS_PER_SENDER} as nth,
  500000000000000000000::numeric as deposit, 1000000000000000000::numeric as rate, 86400000::bigint as period,
  clock_ms() - ${RUNNING_MS} as opened, n < ${requests} as called, clock_ms() - ${RUNNING_MS} + 1 + n::bigint * 3000000 / ${streams} as called_at
from generate_series(0, ${streams - 1}) n;
update plan set opened = (select min(opened) from plan);
create unlogged table purse (sender text primary key, seq bigint, balance numeric, head bytea);
analyze plan;`;
}

const asset = `'${LEDGER_ASSET.symbol}'`;

const providers = `
insert into provider (id, owner, name, endpoint, capabilities, category, max_concurrency)
select distinct provider, receiver, 'Bench ' || provider, 'http://127.0.0.1:9', '{echo}'::text[], 'development_tools', 512 from plan;
insert into provider_tier (provider_id, name, rate_amount, rate_period_ms, max_requests_per_hour, priority, overridden)
select id, 'basic', 1000000000000000000, 86400000, 100000000, 'normal', true from provider;
insert into service (id, provider_id, slug, name, category, capability, method, path, input_schema)
select 'svc_' || id, id, 'echo', 'Echo', 'development_tools', 'echo', 'POST', '/echo', '{"type": "object"}' from provider;
insert into account (id, owner, kind, asset) select 'wallet:' || owner, owner, 'wallet', ${asset} from provider;
insert into account (id, owner, kind, asset) values ('external:bench', 'external', 'external', ${asset});`;

/** Each sender gets the money for all its streams at once. Entries are hashed and chained as post_entry() does. */
const credits = `
with entry as materialized (
  select sender, nextval('journal_entry_id_seq') as id, 'credit:' || sender as key, at, total,
    entry_hash('credit:' || sender, 'credit', null, sender, at, '{"source": "bench"}', 'external:bench', 'wallet:' || sender, ${asset}, total) as hash
  from (select sender, min(opened) as at, sum(deposit) as total from plan group by sender) s
), logged as (
  insert into journal_entry (id, key, kind, stream_id, actor, at_ms, memo, hash)
  select id, key, 'credit', null, sender, at, '{"source": "bench"}', hash from entry
), outside as (
  insert into posting (entry_id, account_id, asset, amount) select id, 'external:bench', ${asset}, -total from entry
), inside as (
  insert into posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
  select id, 'wallet:' || sender, 0, ${asset}, total, total, posting_hash(null, hash, 'wallet:' || sender, 0, total, total) from entry
  returning substr(account_id, 8) as sender, balance_after, hash
)
insert into purse select sender, 1, balance_after, hash from inside;`;

/** Each sender's streams one after the other, because its wallet's hashes are a chain. */
const deposits = `
do $$ begin
  for step in 0..${STREAMS_PER_SENDER - 1} loop
    with entry as materialized (
      select p.*, nextval('journal_entry_id_seq') as entry_id, w.seq, w.balance - p.deposit as left_over, w.head,
        entry_hash('open:' || p.id, 'deposit', p.id, p.sender, p.opened, '{}', 'wallet:' || p.sender, 'escrow:' || p.id, ${asset}, p.deposit) as hash
      from plan p join purse w using (sender) where p.nth = step
    ), logged as (
      insert into journal_entry (id, key, kind, stream_id, actor, at_ms, memo, hash)
      select entry_id, 'open:' || id, 'deposit', id, sender, opened, '{}', hash from entry
    ), paid as (
      insert into posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
      select entry_id, 'wallet:' || sender, seq, ${asset}, -deposit, left_over,
        posting_hash(head, hash, 'wallet:' || sender, seq, -deposit, left_over) from entry
      returning substr(account_id, 8) as sender, seq, balance_after, posting.hash
    ), received as (
      insert into posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
      select entry_id, 'escrow:' || id, 0, ${asset}, deposit, deposit, posting_hash(null, hash, 'escrow:' || id, 0, deposit, deposit) from entry
      returning account_id, amount, posting.hash
    ), opened as (
      insert into account (id, owner, kind, asset, balance, next_seq, head)
      select r.account_id, e.sender, 'escrow', ${asset}, r.amount, 1, r.hash from received r join entry e on 'escrow:' || e.id = r.account_id
    )
    update purse w set seq = paid.seq + 1, balance = balance_after, head = paid.hash from paid where w.sender = paid.sender;
  end loop;
end $$;`;

const journal = `${credits}${deposits}
insert into account (id, owner, kind, asset, balance, next_seq, head)
select 'wallet:' || sender, sender, 'wallet', ${asset}, balance, seq, head from purse;`;

const streamRows = `
insert into stream (id, sender, receiver, provider_id, asset, tier, status, rate_amount, rate_period_ms, max_requests_per_hour, priority,
  grace_ms, funded, opened_ms, last_ms, segment_started_ms, depletes_ms, due_ms, next_seq, next_event, next_segment, served)
select id, sender, receiver, provider, ${asset}, 'basic', 'active', rate, period, 100000000, 'normal', 900000, deposit, opened,
  case when called then called_at else opened end, opened, opened + 1 + div(deposit * period, rate)::bigint,
  opened + 1 + div(deposit * period, rate)::bigint, 1 + called::int, 1, 1, called::int from plan;
insert into stream_segment (stream_id, seq, tier, rate_amount, rate_period_ms, start_ms, start_cause)
select id, 0, 'basic', rate, period, opened, 'open' from plan;
insert into stream_event (stream_id, seq, kind, at_ms, data)
select id, 0, 'opened', opened, jsonb_build_object('tier', 'basic', 'deposit', deposit::text) from plan;
insert into stream_session (token_hash, stream_id, generation, created_ms, expires_ms)
select sha256(convert_to('bench-session-' || n, 'UTF8')), id, 0, opened, clock_ms() + 86400000 from plan;
insert into request (id, stream_id, seq, provider_id, service_id, payer, request_type, method, path, via, decision, state, accrued,
  at_ms, deadline_ms, completed_ms, http_status, idempotency_key, request_hash, request_digest)
select 'req_' || lpad(n::text, 16, '0'), id, 1, provider, 'svc_' || provider, sender, 'echo', 'POST', '/echo', 'session', 'authorised', 'served',
  div(rate * (called_at - opened), period), called_at, called_at + 60000, called_at + 1, 200, 'fill-' || n,
  md5(n::text) || md5(n::text), 'sha-256=:' || md5(n::text) || ':' from plan where called order by called_at;
insert into request_answer (request_id, status, receipt)
select 'req_' || lpad(n::text, 16, '0'), 200, '{"reference": "req_' || lpad(n::text, 16, '0') || '"}' from plan where called order by called_at;
insert into counter (scope, shard, requests, earned, streams_total, streams_active)
select coalesce('provider:' || provider, 'market'), 0, count(*) filter (where called), 0, count(*), count(*) from plan group by rollup (provider);`;
