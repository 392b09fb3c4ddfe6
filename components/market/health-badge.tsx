import { cn } from "@/components/ui/cn";
import type { ProviderHealth } from "@/lib/market/provider-health";
import { formatLatency, formatShare, stateLooks } from "./health-words";

const marks = {
  up: "bg-flow",
  degraded: "bg-warn",
  down: "bg-stop",
  unknown: "border border-line-strong",
} as const;
const words = { up: "text-soft", degraded: "text-warn", down: "text-stop", unknown: "text-faint" } as const;

type Props = { health: ProviderHealth; className?: string };

/** A provider's health in one line: its state, the uptime of the last day, and the median latency of its probes. */
export function HealthBadge({ health, className }: Props) {
  const { state, day } = health;
  const shown = state === "unknown" ? null : day;
  return (
    <p className={cn("flex items-center gap-1.5 whitespace-nowrap text-xs tabular-nums", className)}>
      <span aria-hidden className={cn("size-2 shrink-0 rounded-full", marks[state])} />
      <span className={cn("font-medium", words[state])}>{stateLooks[state].text}</span>
      {shown?.uptime == null ? null : (
        <span className="text-faint" title="Checks answered in the last day">
          <span aria-hidden>· </span>
          {formatShare(shown.uptime)}
          <span className="sr-only"> of checks answered in the last day</span>
        </span>
      )}
      {shown?.probeLatency ? (
        <span className="text-faint" title="Median latency of the checks of the last day">
          <span aria-hidden>· </span>
          {formatLatency(shown.probeLatency.p50Ms)}
          <span className="sr-only"> median latency</span>
        </span>
      ) : null}
    </p>
  );
}
