import { cn } from "@/components/ui/cn";
import type { HealthHour } from "@/lib/market/provider-health-view";
import { describeHours, formatLatency } from "./health-words";

const SLOT = 10;
const BAR = 7;
const HEIGHT = 48;
/** Latency stands on the ground and failures hang from the top; neither reaches the other. */
const LATENCY_HEIGHT = 30;
const FAILURE_HEIGHT = 14;

type Props = { hours: readonly HealthHour[]; className?: string };

/**
 * The last 24 hours, one column each: median latency from the ground up, failed checks from the top down in the colour of
 * trouble, and a dot where nobody checked. It stretches to the width that it is given.
 */
export function HealthSparkline({ hours, className }: Props) {
  const topMs = niceTop(Math.max(1, ...hours.map(({ p50Ms }) => p50Ms ?? 0)));
  return (
    <svg
      role="img"
      aria-label={describeHours(hours)}
      viewBox={`0 0 ${hours.length * SLOT} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cn("h-12 w-full", className)}
    >
      <line
        x1="0"
        x2={hours.length * SLOT}
        y1={HEIGHT - 0.5}
        y2={HEIGHT - 0.5}
        className="stroke-line"
        vectorEffect="non-scaling-stroke"
      />
      {hours.map((hour, index) => (
        <Column key={String(hour.startMs)} hour={hour} x={index * SLOT} topMs={topMs} />
      ))}
    </svg>
  );
}

function Column({ hour, x, topMs }: { hour: HealthHour; x: number; topMs: number }) {
  const { probes, probesOk, p50Ms } = hour;
  const at = { x: x + (SLOT - BAR) / 2, width: BAR };
  const bar = p50Ms === null ? 0 : Math.max(3, (p50Ms / topMs) * LATENCY_HEIGHT);
  const failed = probes === 0 ? 0 : 1 - probesOk / probes;
  const hanging = failed === 1 ? HEIGHT - 1 : failed > 0 ? Math.max(4, failed * FAILURE_HEIGHT) : 0;
  return (
    <g>
      <title>{titleOf(hour)}</title>
      <rect x={x} y="0" width={SLOT} height={HEIGHT} fill="transparent" />
      {probes === 0 ? <rect {...at} y={HEIGHT - 4} height="2" className="fill-line-strong" /> : null}
      {bar > 0 ? <rect {...at} y={HEIGHT - 1 - bar} height={bar} className="fill-flow" /> : null}
      {hanging > 0 ? <rect {...at} y="0" height={hanging} className="fill-stop" /> : null}
    </g>
  );
}

/** For a mouse over one column; the whole is described by the picture's label. */
function titleOf({ startMs, probes, probesOk, p50Ms }: HealthHour): string {
  const hour = `${new Date(Number(startMs)).toISOString().slice(11, 16)} UTC`;
  if (probes === 0) return `${hour}: not checked`;
  const answered = `${probesOk} of ${probes} checks answered`;
  return p50Ms === null ? `${hour}: ${answered}` : `${hour}: ${formatLatency(p50Ms)}, ${answered}`;
}

/** 1, 2, 5, 10, 20 … ms: a scale that does not jump with every new measurement. */
function niceTop(ms: number): number {
  const decade = 10 ** Math.floor(Math.log10(ms));
  return ([1, 2, 5].find((step) => ms <= step * decade) ?? 10) * decade;
}
