import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";

/** All streams of an account at one moment. Amounts in base units of the ledger's dollar, whatever a stream pays in. */
export type StreamsOverview = {
  asset: Asset;
  /** What flows out of, and in to, the account at this moment, in an hour; each stream's share rounded down. */
  outPerHour: bigint;
  inPerHour: bigint;
  /** In escrow of streams that the account sends; what streams on Superfluid is in its balance. */
  locked: bigint;
  /** Earned by streams of the ledger that pay the account, not collected yet, and how many of them have something. */
  collectable: bigint;
  collectableStreams: number;
  running: number;
  total: number;
  /** The stream that the account sends and that runs dry first; null when none flows. */
  shortest: { streamId: string; providerName: string; depletesAtMs: bigint } | null;
  /** Providers of these streams, by name. */
  providers: { id: string; name: string }[];
  serverNowMs: bigint;
};

/** More providers than a menu has room for are left out. */
const PROVIDERS_MAX = 100;

/** Totals over every stream of an account, whatever page or filter is shown. */
export async function getStreamsOverview(
  { actor }: { actor: string },
  db: Queryable = pool(),
): Promise<StreamsOverview> {
  const values = [actor.toLowerCase()];
  const { rows } = await db.query<Totals>({ text: totals, values });
  const { rows: providers } = await db.query<{ id: string; name: string }>({
    text: `select distinct p.id, p.name from stream s join provider p on p.id = s.provider_id
      where $1 in (s.sender, s.receiver) order by p.name, p.id limit ${PROVIDERS_MAX}`,
    values,
  });
  const [row] = rows;
  if (!row) throw new Error("An aggregate has one row.");
  return {
    asset: LEDGER_ASSET,
    outPerHour: BigInt(row.out_per_hour),
    inPerHour: BigInt(row.in_per_hour),
    locked: BigInt(row.locked),
    collectable: BigInt(row.collectable),
    collectableStreams: row.collectable_streams,
    running: row.running,
    total: row.total,
    shortest: row.shortest && { ...row.shortest, depletesAtMs: BigInt(row.shortest.depletesAtMs) },
    providers,
    serverNowMs: BigInt(row.now_ms),
  };
}

type Totals = Record<"out_per_hour" | "in_per_hour" | "locked" | "collectable" | "now_ms", string> & {
  collectable_streams: number;
  running: number;
  total: number;
  shortest: { streamId: string; providerName: string; depletesAtMs: string } | null;
};

/** A stream whose deposit is spent flows no more, also before a sweep has written it down. */
const totals = `
  with t as materialized (select clock_ms() as now_ms),
  own as (
    select s.*, s.sender = $1 as sends, s.status = 'active' and s.depletes_ms > t.now_ms as flows,
      div(s.rate_amount * 3600000, s.rate_period_ms) * s.unit_worth as per_hour,
      least(stream_accrued(s, greatest(s.last_ms, t.now_ms)), stream_available(s)) + s.used - s.billed as unpaid
    from stream s cross join t where s.sender = $1 or s.receiver = $1)
  select (select now_ms from t), count(*)::int as total, (count(*) filter (where flows))::int as running,
    coalesce(sum(per_hour) filter (where flows and sends), 0) as out_per_hour,
    coalesce(sum(per_hour) filter (where flows and not sends), 0) as in_per_hour,
    coalesce(sum((funded - billed - refunded) * unit_worth) filter (where sends and rail <> 'superfluid'), 0) as locked,
    coalesce(sum(unpaid) filter (where not sends and rail = 'ledger' and status not in ('settled', 'failed')), 0) as collectable,
    (count(*) filter (where not sends and rail = 'ledger' and unpaid > 0 and status not in ('settled', 'failed')))::int as collectable_streams,
    (select jsonb_build_object('streamId', o.id, 'providerName', p.name, 'depletesAtMs', o.depletes_ms::text)
      from own o join provider p on p.id = o.provider_id where o.flows and o.sends order by o.depletes_ms, o.id limit 1) as shortest
  from own`;
