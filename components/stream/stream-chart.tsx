"use client";
import { Chart, type ChartMark, type ChartSeries, type ChartTone } from "@/components/ui/chart";
import type { Asset } from "@/lib/domain/asset";
import type { StreamChartData, StreamChartMark } from "@/lib/streams/get-stream-chart";

const looks: Record<StreamChartMark["kind"], { text: string; tone: ChartTone }> = {
  opened: { text: "Opened", tone: "faint" },
  "topped-up": { text: "Topped up", tone: "soft" },
  "auto-topped-up": { text: "Topped up by its rule", tone: "soft" },
  "tier-changed": { text: "Tier changed", tone: "faint" },
  paused: { text: "Paused", tone: "warn" },
  exhausted: { text: "Deposit empty", tone: "stop" },
  closed: { text: "Closed", tone: "ink" },
  denied: { text: "refused", tone: "stop" },
};

type Props = { data: StreamChartData; asset: Asset };

/** Deposit as a staircase, accrual under it, and where the two will meet; of a flow, which has no deposit, the accrual alone. */
export function StreamChart({ data, asset }: Props) {
  const { deposited, accrued, projected } = data;
  const series: ChartSeries[] = [
    ...(deposited.length > 0
      ? [{ label: "Deposit", tone: "soft", shape: "step", points: deposited } as const]
      : []),
    { label: "Accrued", tone: "flow", fill: true, points: accrued },
    ...(projected.length > 0
      ? [{ label: "At this rate", tone: "flow", dashed: true, points: projected } as const]
      : []),
  ];
  const marks: ChartMark[] = data.marks.map(({ kind, x, toX, count }) => ({
    x,
    ...(toX === undefined ? {} : { toX }),
    tone: looks[kind].tone,
    label:
      count === undefined
        ? looks[kind].text
        : `${count} ${count === 1 ? "call" : "calls"} ${looks[kind].text}`,
  }));
  return (
    <Chart
      label={deposited.length > 0 ? "Deposit and accrual over time" : "Accrual over time"}
      series={series}
      marks={marks}
      height={220}
      formatY={(y, full) => (full ? `${y.toFixed(6)} ${asset.symbol}` : axisText(y))}
    />
  );
}

const few = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

function axisText(y: number): string {
  return few.format(y);
}
