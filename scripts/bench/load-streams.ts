import type pg from "pg";
import { PERIODS_MS, type Rate } from "@/lib/domain/rate";

export type LoadOptions = {
  /** How many active streams, each of a sender of its own. */
  streams: number;
  /** Providers that share them evenly; each is a receiver. */
  receivers: number;
  rate?: Rate;
  /** Of flow that each stream was funded with, ms. */
  depositMs?: bigint;
  graceMs?: bigint;
  /** How long ago they opened, ms: what has accrued since is unbilled. */
  ageMs?: bigint;
  /** Free paid calls that each stream has had, in the log of calls. */
  callsPerStream?: number;
  /** Part of all ids, so that a database can be loaded more than once. */
  name?: string;
};

const CHUNK = 50_000;

/**
 * Fills a migrated database with active streams by set-based SQL: providers, credited senders, deposits in hash-chained
 * escrows, segments, events, totals. The books hold afterwards, as if `credit_wallet` and `open_stream` had been called for
 * each. For measurements: a database of people is never loaded so.
 *
 * @param client without a bound on its statements
 */
export async function loadStreams(client: pg.ClientBase, options: LoadOptions): Promise<void> {
  const {
    streams,
    receivers,
    rate = { amount: 10n ** 18n, periodMs: PERIODS_MS.day },
    name = "load",
  } = options;
  const { depositMs = 14_400_000n, graceMs = 900_000n, ageMs = 3_600_000n, callsPerStream = 0 } = options;
  await client.query(PROVIDERS, [name, receivers, rate.amount, rate.periodMs, depositMs, graceMs]);
  for (let first = 0; first < streams; first += CHUNK) {
    await client.query("begin");
    const last = Math.min(first + CHUNK, streams) - 1;
    await client.query(PLAN, [
      name,
      receivers,
      rate.amount,
      rate.periodMs,
      depositMs,
      graceMs,
      ageMs,
      first,
      last,
    ]);
    for (const statement of [ACCOUNTS, ENTRIES, POSTINGS, STREAMS]) await client.query(statement);
    if (callsPerStream > 0) await client.query(CALLS, [callsPerStream]);
    await client.query(TOTALS, [callsPerStream]);
    await client.query("commit");
  }
  await client.query("vacuum analyze");
}

const PROVIDERS = `
with listed as (
  insert into provider (id, owner, name, endpoint, capabilities, category, deposit_ms, grace_ms, max_concurrency)
  select $1::text || '-' || r, '0x' || left(md5($1::text || ' receiver ' || r) || md5(r::text), 40), 'Load ' || r, 'http://127.0.0.1:1',
         '{echo}', 'development_tools', $5::bigint, $6::bigint, 512
  from generate_series(0, $2::int - 1) r returning id, owner),
purses as (
  insert into account (id, owner, kind, asset) select 'wallet:' || owner, owner, 'wallet', 'USDCx' from listed
  union all select 'external:faucet', 'external', 'external', 'USDCx' on conflict do nothing)
insert into provider_tier (provider_id, name, rate_amount, rate_period_ms, max_requests_per_hour, priority)
select id, name, $3::numeric, $4::bigint, 1000000, priority
from listed, (values ('basic', 'normal'), ('professional', 'high'), ('enterprise', 'critical')) t (name, priority)`;

/** One row a stream, with the hashes of its two entries and three postings: a credit of the deposit, and the deposit. */
const PLAN = `
create temp table plan on commit drop as
with one as materialized (
  select '0x' || left(md5($1::text || ' sender ' || n) || md5(n::text), 40) as sender,
    'str_' || lpad(to_hex(clock_ms() - $7::bigint), 12, '0') || left(md5($1::text || ' stream ' || n), 20) as id,
    $1::text || '-' || n % $2::int as provider_id, '0x' || left(md5($1::text || ' receiver ' || n % $2::int) || md5((n % $2::int)::text), 40) as receiver,
    $3::numeric as rate_amount, $4::bigint as rate_period_ms, $6::bigint as grace_ms, clock_ms() - $7::bigint as opened_ms,
    amount_for($3::numeric, $4::bigint, $5::bigint) as deposit,
    nextval('journal_entry_id_seq') as credit_id, nextval('journal_entry_id_seq') as deposit_id
  from generate_series($8::int, $9::int) n),
entries as materialized (
  select *, 'wallet:' || sender as wallet, 'escrow:' || id as escrow, 'credit:' || sender || ':load' as credit_key, 'open:' || id as deposit_key,
    entry_hash('credit:' || sender || ':load', 'credit', null, sender, opened_ms, '{"source": "faucet"}', 'external:faucet', 'wallet:' || sender,
               'USDCx', deposit) as credit_hash,
    entry_hash('open:' || id, 'deposit', id, sender, opened_ms, '{}', 'wallet:' || sender, 'escrow:' || id, 'USDCx', deposit) as deposit_hash
  from one),
credited as materialized (
  select *, posting_hash(null, credit_hash, wallet, 0, deposit, deposit) as hash_0 from entries)
select *, posting_hash(hash_0, deposit_hash, wallet, 1, -deposit, 0) as hash_1, posting_hash(null, deposit_hash, escrow, 0, deposit, deposit) as hash_2
from credited`;

const ACCOUNTS = `
insert into account (id, owner, kind, asset, balance, next_seq, head)
select wallet, sender, 'wallet', 'USDCx', 0, 2, hash_1 from plan
union all select escrow, sender, 'escrow', 'USDCx', deposit, 1, hash_2 from plan`;

const ENTRIES = `
insert into journal_entry (id, key, kind, stream_id, actor, at_ms, memo, hash)
select credit_id, credit_key, 'credit', null, sender, opened_ms, '{"source": "faucet"}'::jsonb, credit_hash from plan
union all select deposit_id, deposit_key, 'deposit', id, sender, opened_ms, '{}'::jsonb, deposit_hash from plan`;

const POSTINGS = `
insert into posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
select credit_id, 'external:faucet', null::bigint, 'USDCx', -deposit, null::numeric, null::bytea from plan
union all select credit_id, wallet, 0, 'USDCx', deposit, deposit, hash_0 from plan
union all select deposit_id, wallet, 1, 'USDCx', -deposit, 0, hash_1 from plan
union all select deposit_id, escrow, 0, 'USDCx', deposit, deposit, hash_2 from plan`;

const STREAMS = `
with opened as (
  insert into stream (id, sender, receiver, provider_id, asset, tier, status, rate_amount, rate_period_ms, max_requests_per_hour, priority, grace_ms,
                      funded, segment_started_ms, opened_ms, last_ms, depletes_ms, due_ms, next_event, next_segment)
  select id, sender, receiver, provider_id, 'USDCx', 'basic', 'active', rate_amount, rate_period_ms, 1000000, 'normal', grace_ms,
         deposit, opened_ms, opened_ms, opened_ms, d.depletes_ms, d.depletes_ms, 1, 1
  from plan, lateral (select opened_ms + 1 + div(deposit * rate_period_ms, rate_amount)::bigint as depletes_ms) d
  returning id, tier, rate_amount, rate_period_ms, opened_ms, funded),
segments as (
  insert into stream_segment (stream_id, seq, tier, rate_amount, rate_period_ms, start_ms, start_cause)
  select id, 0, tier, rate_amount, rate_period_ms, opened_ms, 'open' from opened)
insert into stream_event (stream_id, seq, kind, at_ms, data)
select id, 0, 'opened', opened_ms, jsonb_build_object('tier', tier, 'deposit', funded::text,
  'rate', jsonb_build_object('amount', rate_amount::text, 'periodMs', rate_period_ms::text))
from opened`;

/** Calls of the past, a second apart, all served. */
const CALLS = `
with called as (
  insert into request (id, stream_id, seq, provider_id, payer, request_type, method, path, via, decision, state, accrued, at_ms, deadline_ms,
                       completed_ms, http_status, request_hash)
  select 'req_' || left(md5(id || ' ' || n), 24), id, n, provider_id, sender, 'load', 'POST', '/load', 'session', 'authorised', 'served',
         div(rate_amount * n * 1000, rate_period_ms), opened_ms + n * 1000, opened_ms + n * 1000 + 60000, opened_ms + n * 1000, 200, repeat('0', 64)
  from plan, generate_series(1, $1::int) n)
update stream s set next_seq = $1::int + 1, served = $1::int, last_ms = s.opened_ms + $1::int * 1000 from plan where s.id = plan.id`;

const TOTALS = `
insert into counter as c (scope, shard, requests, streams_total, streams_active)
select scope, hashtext(id) & 7, count(*) * $1::int, count(*), count(*)
from plan, unnest(array['market', 'provider:' || provider_id]) scope group by 1, 2 order by 1, 2
on conflict (scope, shard) do update set requests = c.requests + excluded.requests,
  streams_total = c.streams_total + excluded.streams_total, streams_active = c.streams_active + excluded.streams_active`;
