import type { ReactNode } from "react";
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
            <Row
              label="Uptime"
              hint="Checks answered"
              day={shareOf(day.uptime)}
              month={shareOf(month.uptime)}
            />
            <Row
              label="Check latency"
              hint="p50 / p95"
              day={latencyOf(day.probeLatency)}
              month={latencyOf(month.probeLatency)}
            />
            <Row
              label="Paid calls served"
              hint="of all made"
              day={<Served {...day} />}
              month={<Served {...month} />}
            />
            <Row
              label="Call latency"
              hint="p50 / p95"
              day={latencyOf(day.callLatency)}
              month={latencyOf(month.callLatency)}
            />
          </tbody>
        </table>
        <LastCheck health={health} />
      </CardBody>
    </Card>
  );
}

function Row({ label, hint, day, month }: { label: string; hint: string; day: ReactNode; month: ReactNode }) {
  return (
    <tr className="border-line border-t">
      <th scope="row" className="py-1.5 text-left font-normal">
        {label} <span className="block text-faint text-xs">{hint}</span>
      </th>
      <td className="py-1.5 pl-3 text-right align-top">{day}</td>
      <td className="py-1.5 pl-3 text-right align-top">{month}</td>
    </tr>
  );
}

function Served({ successRate, callsServed, callsFailed }: HealthSpan) {
  if (successRate === null) return <None />;
  const all = callsServed + callsFailed;
  return (
    <>
      {formatShare(successRate)}
      <span className="block text-faint text-xs">of {all.toLocaleString("en")}</span>
    </>
  );
}

function shareOf(share: number | null): ReactNode {
  return share === null ? <None /> : formatShare(share);
}

function latencyOf(latency: Latency): ReactNode {
  if (latency === null) return <None />;
  return `${formatLatency(latency.p50Ms)} / ${formatLatency(latency.p95Ms)}`;
}

function None() {
  return (
    <span className="text-faint">
      <span aria-hidden>–</span>
      <span className="sr-only">nothing measured</span>
    </span>
  );
}

function LastCheck({ health: { lastCheck, serverNowMs } }: { health: ProviderHealth }) {
  if (lastCheck === null) return null;
  const { atMs, latencyMs, problem, httpStatus } = lastCheck;
  return (
    <p className="text-faint text-xs">
      Last checked <HealthAge atMs={atMs} serverNowMs={serverNowMs} />:{" "}
      <span className={cn(problem && "text-stop")}>
        {problem ? explainProblem(problem, httpStatus) : `answered in ${formatLatency(latencyMs ?? 0)}`}
      </span>
    </p>
  );
}
