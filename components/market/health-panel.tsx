import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import type { ProviderHealth } from "@/lib/market/provider-health";
import type { HealthSpan, Latency } from "@/lib/market/provider-health-view";
import { HealthAge } from "./health-age";
import { HealthSparkline } from "./health-sparkline";
import { explainHealth, explainProblem, formatLatency, formatShare, stateLooks } from "./health-words";

type Props = { health: ProviderHealth; className?: string };

/** A provider's health as a card: the verdict and why, the last 24 hours, and the figures of a day and a month. */
export function HealthPanel({ health, className }: Props) {
  const { state, hours, day, month } = health;
  const { text, tone } = stateLooks[state];
  return (
    <Card aria-labelledby="health" className={className}>
      <CardHeader>
        <CardTitle id="health">Health</CardTitle>
        <Badge tone={tone}>{text}</Badge>
      </CardHeader>
      <CardBody className="grid gap-4">
        <p className="text-sm text-soft">{explainHealth(health)}</p>
        <figure>
          <HealthSparkline hours={hours} />
          <figcaption className="mt-1 flex justify-between text-faint text-xs">
            <span>24 hours ago</span>
            <span aria-hidden>median latency by the hour</span>
            <span>now</span>
          </figcaption>
        </figure>
        <table className="w-full text-sm tabular-nums">
          <caption className="sr-only">Health in figures</caption>
          <thead>
            <tr className="text-faint text-xs">
              <td />
              <th scope="col" className="pb-1 pl-3 text-right font-medium">
                Last day
              </th>
              <th scope="col" className="pb-1 pl-3 text-right font-medium">
                Last month
              </th>
            </tr>
          </thead>
          <tbody>
            <Row label="Uptime" hint="checks answered" of={uptimeOf} spans={[day, month]} />
            <Row
              label="Check latency"
              hint="median"
              of={(span) => latencyOf(span.probeLatency)}
              spans={[day, month]}
            />
            <Row label="Success rate" hint="paid calls served" of={successOf} spans={[day, month]} />
            <Row
              label="Call latency"
              hint="median"
              of={(span) => latencyOf(span.callLatency)}
              spans={[day, month]}
            />
          </tbody>
        </table>
        <LastCheck health={health} />
      </CardBody>
    </Card>
  );
}

type Figure = { value: string; detail: string } | null;
type RowProps = {
  label: string;
  hint: string;
  of: (span: HealthSpan) => Figure;
  /** The day's and the month's. */
  spans: readonly [HealthSpan, HealthSpan];
};

function Row({ label, hint, of, spans: [day, month] }: RowProps) {
  return (
    <tr className="border-line border-t">
      <th scope="row" className="py-1.5 text-left align-top font-normal">
        {label} <span className="block text-faint text-xs">{hint}</span>
      </th>
      <Cell figure={of(day)} />
      <Cell figure={of(month)} />
    </tr>
  );
}

function Cell({ figure }: { figure: Figure }) {
  return (
    <td className="whitespace-nowrap py-1.5 pl-3 text-right align-top">
      {figure === null ? (
        <span className="text-faint">
          <span aria-hidden>–</span>
          <span className="sr-only">nothing measured</span>
        </span>
      ) : (
        <>
          {figure.value} <span className="block text-faint text-xs">{figure.detail}</span>
        </>
      )}
    </td>
  );
}

function uptimeOf({ uptime, probes }: HealthSpan): Figure {
  return uptime === null ? null : { value: formatShare(uptime), detail: `of ${probes.toLocaleString("en")}` };
}

function successOf({ successRate, callsServed, callsFailed }: HealthSpan): Figure {
  if (successRate === null) return null;
  return {
    value: formatShare(successRate),
    detail: `of ${(callsServed + callsFailed).toLocaleString("en")}`,
  };
}

function latencyOf(latency: Latency): Figure {
  if (latency === null) return null;
  return { value: formatLatency(latency.p50Ms), detail: `p95 ${formatLatency(latency.p95Ms)}` };
}

function LastCheck({ health: { lastCheck, serverNowMs } }: { health: ProviderHealth }) {
  if (lastCheck === null) return null;
  const { atMs, latencyMs, problem, httpStatus } = lastCheck;
  return (
    <p className="flex flex-wrap justify-between gap-x-3 text-faint text-xs">
      <span>
        Last checked <HealthAge atMs={atMs} serverNowMs={serverNowMs} />
      </span>
      <span className={cn(problem && "text-stop")}>
        {problem ? explainProblem(problem, httpStatus) : `answered in ${formatLatency(latencyMs ?? 0)}`}
      </span>
    </p>
  );
}
