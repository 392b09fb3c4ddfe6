import { randomBytes } from "node:crypto";
import type { Queryable } from "@/lib/db/pool";
import { smallerOf } from "@/lib/domain/amount";
import { parseStreamEvent, type StreamEvent } from "@/lib/domain/stream-event";
import { type StreamRow, selectStreams, streamView } from "@/lib/streams/stream-view";
import { fundedAddress, listProvider, someCall } from "../ledger-fixtures";
import { type Agreed, type Ask, LONG_MS, sharedMembers } from "./play-in-domain";
import type { Life } from "./some-life";

/** Plays steps one after the other in one round trip: each at its moment, a refusal undone, the stream seen after it. */
const PLAYER = `create function pg_temp.play(asks jsonb, the_stream text, the_sender text, the_receiver text) returns jsonb
language plpgsql as $play$
declare ask jsonb; answer jsonb; code text; members text; seen jsonb[] := '{}';
begin
  for ask in select value from jsonb_array_elements(asks) loop
    perform set_config('superstream.now_ms', ask->>'nowMs', true);
    answer := null; code := null; members := null;
    begin
      execute format('select %s($1)', ask->>'call') into answer using ask->'input';
    exception when sqlstate 'SP001' then
      get stacked diagnostics code = message_text, members = pg_exception_detail;
    end;
    seen := seen || jsonb_build_object('code', code, 'members', members, 'answer', answer,
      'row', (select jsonb_object_agg(key, value) from (${selectStreams} where s.id = the_stream) r, jsonb_each_text(to_jsonb(r))),
      'wallet', coalesce((select balance from account where id = 'wallet:' || the_sender), 0)::text,
      'received', coalesce((select balance from account where id = 'wallet:' || the_receiver), 0)::text);
  end loop;
  return to_jsonb(seen);
end $play$`;

/** A sweep as it is: in sets where there is no rule, then one by one. */
const SWEEPER = `create function pg_temp.sweep_in_sets(p jsonb) returns jsonb language plpgsql as $sweep$
declare batch jsonb := sweep_batch('{"limit": 1000}');
begin
  if batch->'failed' <> '[]' then raise exception '%', batch; end if;
  return sweep_stream(p);
end $sweep$`;

type Seen = {
  code: string | null;
  members: string | null;
  answer: unknown;
  row: StreamRow | null;
  wallet: string;
  received: string;
};

/** Makes the player for this connection. */
export async function prepareSqlPlayer(db: Queryable): Promise<void> {
  await db.query(PLAYER);
  await db.query(SWEEPER);
}

/**
 * The same steps in the SQL functions. `db` is inside a transaction whose clock may be set.
 *
 * @param inSets collects and sweeps by the functions that take many streams
 */
export async function playInSql(
  db: Queryable,
  life: Life,
  asks: Ask[],
  inSets: boolean,
): Promise<{ agreed: Agreed[]; events: StreamEvent[] }> {
  const tiers = { maxRequestsPerHour: 1_000_000 };
  const { basic, professional, enterprise } = life.rates;
  const provider = await listProvider(db, {
    ...life,
    tiers: {
      basic: { rate: basic, ...tiers },
      professional: { rate: professional, ...tiers },
      enterprise: { rate: enterprise, ...tiers },
    },
  });
  const sender = await fundedAddress(db, life.wallet);
  const streamId = `str_${randomBytes(12).toString("hex")}`;
  const names = { provider, sender, streamId, life, inSets };
  const steps = asks.map((ask) => ({ nowMs: ask.nowMs, ...toCall(ask, names) }));
  const { rows } = await db.query<{ seen: Seen[] }>({
    name: "play",
    text: "select pg_temp.play($1::jsonb, $2, $3, $4) as seen",
    values: [toJson(steps), streamId, sender, provider.owner],
  });
  const events = await db.query<{ kind: string; at_ms: string; data: Record<string, unknown> }>(
    "select kind, at_ms, data from stream_event where stream_id = $1 order by seq",
    [streamId],
  );
  return {
    agreed: (rows[0]?.seen ?? []).map(toAgreed),
    events: events.rows.map((row) => parseStreamEvent(row.kind, BigInt(row.at_ms), row.data)),
  };
}

type Names = {
  provider: { id: string; owner: string };
  sender: string;
  streamId: string;
  life: Life;
  inSets: boolean;
};

function toCall({ act, requestId: id }: Ask, { provider, sender, streamId, life, inSets }: Names) {
  const requestId = `${streamId}-${id}`;
  const own = { actor: sender, streamId };
  switch (act.kind) {
    case "open":
      return {
        call: "open_stream",
        input: {
          ...own,
          providerId: provider.id,
          tier: "basic",
          deposit: life.deposit,
          autoTopUp: life.rule,
          asset: "USDCx",
        },
      };
    case "topUp":
      return { call: "top_up_stream", input: { ...own, amount: act.amount } };
    case "setAutoTopUp":
      return { call: "set_auto_top_up", input: { ...own, rule: act.rule } };
    case "changeTier":
      return { call: "change_stream_tier", input: { ...own, tier: act.tier } };
    case "pause":
      return { call: "pause_stream", input: own };
    case "resume":
      return { call: "resume_stream", input: own };
    case "collect":
      return inSets
        ? { call: "collect_streams", input: { actor: provider.owner, limit: 2 } }
        : { call: "collect_stream", input: { streamId, actor: provider.owner } };
    case "close":
      return {
        call: "close_stream",
        input: { streamId, actor: act.by === "sender" ? sender : provider.owner },
      };
    case "sweep":
      return { call: inSets ? "pg_temp.sweep_in_sets" : "sweep_stream", input: { streamId } };
    case "authorise":
      return {
        call: "authorize_requests",
        input: [someCall({ requestId, providerId: provider.id, payer: sender, streamId, price: act.price })],
      };
    case "serve":
    case "void":
      return {
        call: "complete_requests",
        input: [{ requestId, outcome: `${act.kind === "serve" ? "serv" : "void"}ed`, status: 200 }],
      };
  }
}

function toAgreed(seen: Seen): Agreed {
  const refusal = refusalIn(seen);
  const purses = { wallet: BigInt(seen.wallet), received: BigInt(seen.received) };
  if (!seen.row) return { ...nothing, refusal, ...purses };
  const {
    status,
    funded,
    accrued,
    used,
    held,
    billed,
    refunded,
    remaining,
    runwayMs,
    minimumTopUp,
    ...view
  } = streamView(seen.row);
  return {
    refusal,
    ...{ status, funded, accrued, used, held, billed, refunded, remaining, minimumTopUp },
    runwayMs: smallerOf(runwayMs, LONG_MS),
    graceUntilMs: view.graceUntilMs,
    closedMs: view.closedAtMs,
    closeCause: view.closeCause,
    ...purses,
  };
}

/** A stream that was never opened. */
const nothing = {
  status: "pending",
  ...{ funded: 0n, accrued: 0n, used: 0n, held: 0n, billed: 0n, refunded: 0n, remaining: 0n, runwayMs: 0n },
  minimumTopUp: 0n,
  ...{ graceUntilMs: null, closedMs: null, closeCause: null },
};

/** A raised refusal, or the denial of the one call that was asked for. */
function refusalIn({ code, members, answer }: Seen): Agreed["refusal"] {
  if (code !== null) return { code, members: sharedMembers(members === null ? {} : JSON.parse(members)) };
  const decision = Array.isArray(answer) ? answer[0] : null;
  if (decision?.outcome !== "denied") return null;
  return { code: decision.code, members: sharedMembers(decision) };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? member.toString() : member));
}
