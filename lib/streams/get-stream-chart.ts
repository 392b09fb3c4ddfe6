import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { largerOf } from "@/lib/domain/amount";
import { amountOver, PERIODS_MS } from "@/lib/domain/rate";
import { getStream } from "./get-stream";
import type { StreamView } from "./stream-view";

/** A moment and an amount in whole tokens, for drawing only. */
export type ChartPoint = { x: number; y: number };

export type StreamChartMark = {
  kind:
    | "opened"
    | "topped-up"
    | "auto-topped-up"
    | "tier-changed"
    | "paused"
    | "exhausted"
    | "closed"
    | "denied";
  x: number;
  /** Of denials: how many, from `x` to `toX`. */
  count?: number;
  toX?: number;
};

export type StreamChartData = {
  /** What was put in, step by step, to now, or to when it runs dry; empty for a flow of Superfluid, which locks nothing. */
  deposited: ChartPoint[];
  /** What time has accrued, to now. */
  accrued: ChartPoint[];
  /** What it will accrue until it runs dry, and of a flow no further than it has run, a day at least; empty when it does not flow. */
  projected: ChartPoint[];
  marks: StreamChartMark[];
};

/** More points than this are more than a screen has room for: they are thinned out, the ends stay. */
const POINTS_MAX = 300;
const MARKS_MAX = 40;
/** Calls looked at for denials, the newest; they are drawn as this many stretches at most. */
const CALLS_MAX = 20_000;
const DENIAL_STRETCHES = 40;

/**
 * A stream's money over time, for its sender or its receiver: deposit as a staircase, accrual to now, its way to the moment
 * when the deposit is empty, and what happened.
 *
 * @throws ProblemError `stream-not-found`, the same for a stream of somebody else
 */
export async function getStreamChart(
  input: { actor: string; streamId: string },
  db: Queryable = pool(),
): Promise<StreamChartData> {
  const stream = await getStream(input, db);
  const { rows: events } = await db.query<{ kind: string; at_ms: string; funded: string | null }>({
    text: `select * from (select kind, at_ms, coalesce(data->>'funded', data->>'deposit') as funded, seq from stream_event
      where stream_id = $1 and kind = any ($2) order by seq desc limit $3) e order by seq`,
    values: [stream.id, marked, POINTS_MAX],
  });
  const { rows: segments } = await db.query<{
    start_ms: string;
    end_ms: string | null;
    accrued: string | null;
  }>({
    text: `select * from (select start_ms, end_ms, div(end_num, end_den) as accrued, seq from stream_segment where stream_id = $1
      order by seq desc limit $2) g order by seq`,
    values: [stream.id, POINTS_MAX],
  });
  const toToken = tokensOf(stream);
  const endMs = Number(stream.closedAtMs ?? stream.serverNowMs);
  const accrued: ChartPoint[] = [];
  for (const { start_ms, end_ms, accrued: atEnd } of segments) {
    accrued.push({ x: Number(start_ms), y: accrued.at(-1)?.y ?? 0 });
    if (end_ms !== null && atEnd !== null) accrued.push({ x: Number(end_ms), y: toToken(BigInt(atEnd)) });
  }
  accrued.push({ x: endMs, y: toToken(stream.accrued) });

  const deposited = events.flatMap(({ at_ms, funded }) =>
    funded === null ? [] : [{ x: Number(at_ms), y: toToken(BigInt(funded)) }],
  );
  const projected = projectionOf(stream, toToken);
  deposited.push({ x: projected.at(-1)?.x ?? endMs, y: toToken(stream.funded) });
  return {
    deposited: stream.rail === "superfluid" ? [] : thinned(deposited),
    accrued: thinned(accrued),
    projected,
    marks: [...marksOf(events), ...(await denialsOf(stream, endMs, db))],
  };
}

const marked = ["opened", "topped-up", "auto-topped-up", "tier-changed", "paused", "exhausted", "closed"];

function marksOf(events: readonly { kind: string; at_ms: string }[]): StreamChartMark[] {
  return events
    .filter(({ kind }) => kind !== "opened")
    .slice(-MARKS_MAX)
    .map(({ kind, at_ms }) => ({ kind: kind as StreamChartMark["kind"], x: Number(at_ms) }));
}

function projectionOf(stream: StreamView, toToken: (units: bigint) => number): ChartPoint[] {
  const { status, depletesAtMs, serverNowMs, startedAtMs, accrued, rate } = stream;
  if (status !== "active" || depletesAtMs === null) return [];
  const now = { x: Number(serverNowMs), y: toToken(accrued) };
  const ahead = largerOf(serverNowMs - startedAtMs, PERIODS_MS.day);
  // A balance lasts for years: drawn to its end, what has flowed would not be seen.
  if (stream.rail === "superfluid" && depletesAtMs > serverNowMs + ahead)
    return [now, { x: Number(serverNowMs + ahead), y: toToken(accrued + amountOver(rate, ahead, "floor")) }];
  return [now, { x: Number(depletesAtMs), y: toToken(stream.funded - stream.used - stream.held) }];
}

/** Refused calls that were logged on this stream, in stretches of equal length. */
async function denialsOf(stream: StreamView, endMs: number, db: Queryable): Promise<StreamChartMark[]> {
  if (stream.denied === 0n) return [];
  const startMs = Number(stream.startedAtMs);
  const stretchMs = Math.max(1, Math.ceil((endMs - startMs) / DENIAL_STRETCHES));
  const { rows } = await db.query<{ stretch: number; n: number; first: string; last: string }>({
    text: `select ((at_ms - $2) / $4)::int as stretch, count(*)::int as n, min(at_ms) as first, max(at_ms) as last
      from (select at_ms, state, stream_id from request where payer = $1 and at_ms >= $2 order by at_ms desc limit $5) r
      where stream_id = $3 and state = 'denied' group by 1 order by 1`,
    values: [stream.sender.toLowerCase(), startMs, stream.id, stretchMs, CALLS_MAX],
  });
  return rows.map(({ n, first, last }) => ({
    kind: "denied",
    x: Number(first),
    count: n,
    ...(n > 1 ? { toX: Number(last) } : {}),
  }));
}

function thinned(points: readonly ChartPoint[]): ChartPoint[] {
  const every = Math.ceil(points.length / POINTS_MAX);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** A float is good enough for a line of a few hundred pixels. */
function tokensOf({ asset }: StreamView): (units: bigint) => number {
  if (asset.decimals <= 9) return (units) => Number(units) / 10 ** asset.decimals;
  const cut = 10n ** BigInt(asset.decimals - 9);
  return (units) => Number(units / cut) / 1e9;
}
