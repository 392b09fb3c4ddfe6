"use client";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Chart, type ChartSeries } from "@/components/ui/chart";
import { Fact } from "@/components/ui/fact";
import { toDecimal } from "@/lib/domain/decimal";
import { formatRate } from "@/lib/format";
import type { Simulation } from "@/lib/http/operations/simulation-operations";
import { axisUnit, simTime } from "./sim-time";

type Stream = Simulation["streams"][number];
type Props = { simulation: Simulation; stream: Stream };

/** One stream over time: what flowed, what was locked, and where calls were turned away. */
export function StreamChart({ simulation, stream }: Props) {
  const { asset, scenario } = simulation;
  const denied = simulation.requests.filter(
    ({ stream: name, decision }) => name === stream.name && decision === "denied",
  );
  const unit = axisUnit(scenario.lengthMs);
  const x = (atMs: number) => atMs / unit.ms;
  const y = (value: bigint) => Number(toDecimal(value, asset.decimals, 6, "nearest"));
  const priced = BigInt(stream.price) > 0n;
  const last = stream.series.at(-1);
  const spent = stream.series.map((point) => BigInt(point.accrued) + BigInt(point.used));
  const series: ChartSeries[] = [
    {
      label: "Deposit",
      tone: "soft",
      shape: "step",
      points: stream.series.map(({ atMs, deposited }) => ({ x: x(atMs), y: y(BigInt(deposited)) })),
    },
    {
      label: priced ? "Accrued and calls" : "Accrued",
      tone: "flow",
      fill: true,
      points: stream.series.map(({ atMs }, index) => ({ x: x(atMs), y: y(spent[index] ?? 0n) })),
    },
    ...(denied.length > 0
      ? [
          {
            label: "Denied",
            tone: "stop" as const,
            shape: "dots" as const,
            points: denied.map(({ atMs }) => ({ x: x(atMs), y: y(spentBy(stream, spent, atMs)) })),
          },
        ]
      : []),
  ];
  const end = stream.closeCause === "grace-ended" && last ? simTime(last.atMs, scenario.lengthMs) : null;

  return (
    <Card aria-label={`Stream ${stream.name}`} className="flex min-w-0 flex-col p-5">
      <div className="mb-3 flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="truncate font-semibold">{stream.provider}</h3>
          <p className="truncate text-faint text-xs">
            {stream.name}, paid by {stream.consumer}
          </p>
        </div>
        <Badge>{stream.tier}</Badge>
      </div>
      <Chart
        label={`${stream.provider}: deposit and accrual in ${asset.symbol} over ${unit.name}, with ${denied.length} denied calls`}
        series={series}
        time={false}
        height={180}
        formatX={(at, full) =>
          full ? simTime(at * unit.ms, scenario.lengthMs) : `${round(at)} ${unit.name}`
        }
        formatY={(value, full) => (full ? value.toFixed(6) : String(round(value)))}
        className="min-h-[208px]"
      />
      <dl className="mt-4 grid gap-1.5 text-sm">
        <Fact label="Rate">
          {formatRate({ amount: BigInt(stream.rate.amount), periodMs: BigInt(stream.rate.periodMs) }, asset)}
        </Fact>
        <Fact label="Calls">
          {stream.served} served
          {stream.denied > 0 ? <span className="text-stop">, {stream.denied} denied</span> : null}
        </Fact>
        <Fact label="Deposited">
          <Amount value={BigInt(stream.deposited)} asset={asset} symbol={false} />
          <span className="text-faint">
            {" "}
            in {stream.topUps + 1 === 1 ? "one go" : `${stream.topUps + 1} parts`}
          </span>
        </Fact>
        <Fact label="Paid">
          <Amount value={BigInt(stream.paid)} asset={asset} symbol={false} />
        </Fact>
        <Fact label="Refunded">
          <Amount value={BigInt(stream.refunded)} asset={asset} symbol={false} />
        </Fact>
        {end ? <Fact label="Closed after its grace">{end}</Fact> : null}
      </dl>
    </Card>
  );
}

/** What had been spent by then: of the last point that is not later. */
function spentBy({ series }: Stream, spent: readonly bigint[], atMs: number): bigint {
  return spent[series.findLastIndex((point) => point.atMs <= atMs)] ?? 0n;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
