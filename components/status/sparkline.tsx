import { cn } from "@/components/ui/cn";

type Props = {
  /** Oldest first. Fewer than `slots` fill it from the right. */
  values: readonly number[];
  slots: number;
  /** What a reader who does not see it is told: what it shows, its highest and its latest value. */
  label: string;
  tone?: "flow" | "stop";
  /** The value at the top, when that is more than the highest one. */
  top?: number;
};

const HEIGHT = 48;

/** A small area of recent values, drawn by the server: it needs no script. */
export function Sparkline({ values, slots, label, tone = "flow", top = 0 }: Props) {
  const shown = values.slice(-slots);
  const highest = Math.max(...shown, top) || 1;
  const first = slots - shown.length;
  const points = shown.map((value, at) => {
    const y = HEIGHT - 1 - (value / highest) * (HEIGHT - 4);
    return `${first + at},${Math.round(y * 100) / 100}`;
  });
  const last = slots - 1;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${last} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cn("block h-14 w-full overflow-visible", tone === "flow" ? "text-flow" : "text-stop")}
    >
      <line
        x1={0}
        x2={last}
        y1={HEIGHT - 1}
        y2={HEIGHT - 1}
        className="stroke-line"
        vectorEffect="non-scaling-stroke"
      />
      {points.length > 1 ? (
        <g className={shown.some((value) => value > 0) ? undefined : "text-line-strong"}>
          <polygon
            points={`${first},${HEIGHT - 1} ${points.join(" ")} ${last},${HEIGHT - 1}`}
            fill="currentColor"
            opacity={0.14}
          />
          <polyline
            points={points.join(" ")}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.5}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </g>
      ) : null}
    </svg>
  );
}
