import { X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { TIER_NAMES } from "@/lib/domain/tier";
import { formatDuration } from "@/lib/format";
import type { ProviderHealth } from "@/lib/market/provider-health";
import type { ProviderView } from "@/lib/market/provider-row";
import type { ServiceView } from "@/lib/market/service-row";
import { paths } from "@/lib/paths";
import { categoryName } from "./category-name";
import { HealthBadge } from "./health-badge";
import { formatLatency, formatShare } from "./health-words";
import { Price } from "./price";

export type CompareColumn = {
  provider: ProviderView;
  health: ProviderHealth | undefined;
  services: readonly ServiceView[];
};

type Row = {
  label: string;
  cell: (column: CompareColumn) => ReactNode;
  /** What is compared; null where there is nothing. Without it no cell is better than another. */
  rank?: (column: CompareColumn) => bigint | number | null;
  best?: "lowest" | "highest";
};

const none = <span className="text-faint">–</span>;

/** Providers as columns. The names stay on top of their columns, the labels beside their rows, on any screen. */
export function CompareTable({ columns }: { columns: readonly CompareColumn[] }) {
  const ids = columns.map(({ provider }) => provider.id);
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-card shadow-card">
      <ScrollRegion label="Comparison">
        <table className="w-full border-separate border-spacing-0 text-left text-sm">
          <thead>
            <tr>
              <td className="sticky left-0 z-10 w-36 min-w-28 border-line border-b bg-card sm:w-48" />
              {columns.map(({ provider, health }) => (
                <th
                  key={provider.id}
                  scope="col"
                  className="min-w-48 border-line border-b border-l px-4 py-4 align-top font-normal"
                >
                  <div className="flex items-start justify-between gap-2">
                    <Link
                      href={paths.provider(provider.id)}
                      className="font-semibold text-lg tracking-tight underline-offset-4 hover:underline"
                    >
                      {provider.name}
                    </Link>
                    <Button asChild tone="quiet" size="icon" className="-mt-1 -mr-2 size-8">
                      <Link
                        href={paths.compare(ids.filter((id) => id !== provider.id))}
                        aria-label={`Remove ${provider.name}`}
                      >
                        <X aria-hidden />
                      </Link>
                    </Button>
                  </div>
                  <p className="caption mt-0.5">{categoryName(provider.category)}</p>
                  {health ? <HealthBadge health={health} className="mt-2" /> : null}
                </th>
              ))}
            </tr>
          </thead>
          {groups.map(({ title, rows }) => (
            <tbody key={title}>
              <tr>
                <th
                  scope="rowgroup"
                  colSpan={columns.length + 1}
                  className="border-line border-b bg-sunken/60 px-4 py-2 font-medium text-soft text-xs"
                >
                  <span className="sticky left-4">{title}</span>
                </th>
              </tr>
              {rows.map((row) => {
                const winners = bestOf(row, columns);
                return (
                  <tr key={row.label}>
                    <th
                      scope="row"
                      className="sticky left-0 z-10 border-line border-b bg-card px-4 py-2.5 align-top font-normal text-soft"
                    >
                      {row.label}
                    </th>
                    {columns.map((column) => (
                      <td
                        key={column.provider.id}
                        className={cn(
                          "border-line border-b border-l px-4 py-2.5 align-top tabular-nums",
                          winners.has(column) && "bg-flow-wash/60 font-medium",
                        )}
                      >
                        {row.cell(column)}
                        {winners.has(column) ? <span className="sr-only"> (best)</span> : null}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          ))}
        </table>
      </ScrollRegion>
    </div>
  );
}

const tierGroups = TIER_NAMES.map((name) => {
  const tierOf = ({ provider }: CompareColumn) => provider.tiers.find((tier) => tier.name === name);
  const price = (per: "second" | "hour" | "day"): Row => ({
    label: `A ${per}`.replace("A hour", "An hour"),
    cell: (column) => {
      const tier = tierOf(column);
      return tier ? (
        <Price rate={tier.rate} asset={column.provider.asset} per={per} symbol={per === "day"} />
      ) : (
        none
      );
    },
    ...(per === "day" ? { rank: (column) => tierOf(column)?.ratePerDay ?? null, best: "lowest" } : {}),
  });
  const rows: Row[] = [
    price("day"),
    price("hour"),
    price("second"),
    {
      label: "Calls an hour",
      cell: (column) => tierOf(column)?.maxRequestsPerHour.toLocaleString("en") ?? none,
      rank: (column) => tierOf(column)?.maxRequestsPerHour ?? null,
      best: "highest",
    },
    {
      label: "Deposit",
      cell: (column) => {
        const tier = tierOf(column);
        return tier ? (
          <Amount
            value={tier.requiredDeposit}
            asset={column.provider.asset}
            digits={4}
            rounding="up"
            symbol={false}
          />
        ) : (
          none
        );
      },
    },
  ];
  return { title: `${name.charAt(0).toUpperCase()}${name.slice(1)} tier`, rows };
});

const groups: { title: string; rows: Row[] }[] = [
  ...tierGroups,
  {
    title: "Terms",
    rows: [
      { label: "Deposit lasts", cell: ({ provider }) => formatDuration(provider.depositMs) },
      { label: "Grace when empty", cell: ({ provider }) => formatDuration(provider.graceMs) },
      {
        label: "Calls at once",
        cell: ({ provider }) => provider.maxConcurrency.toLocaleString("en"),
        rank: ({ provider }) => provider.maxConcurrency,
        best: "highest",
      },
    ],
  },
  {
    title: "Health, last month",
    rows: [
      {
        label: "Uptime",
        cell: ({ health }) => (health?.month.uptime == null ? none : formatShare(health.month.uptime)),
        rank: ({ health }) => health?.month.uptime ?? null,
        best: "highest",
      },
      {
        label: "Latency, p50",
        cell: ({ health }) =>
          health?.month.probeLatency ? formatLatency(health.month.probeLatency.p50Ms) : none,
        rank: ({ health }) => health?.month.probeLatency?.p50Ms ?? null,
        best: "lowest",
      },
      {
        label: "Latency, p95",
        cell: ({ health }) =>
          health?.month.probeLatency ? formatLatency(health.month.probeLatency.p95Ms) : none,
        rank: ({ health }) => health?.month.probeLatency?.p95Ms ?? null,
        best: "lowest",
      },
      {
        label: "Paid calls served",
        cell: ({ health }) =>
          health?.month.successRate == null ? none : formatShare(health.month.successRate),
        rank: ({ health }) => health?.month.successRate ?? null,
        best: "highest",
      },
    ],
  },
  {
    title: "What it does",
    rows: [
      {
        label: "Capabilities",
        cell: ({ provider }) => (
          <ul className="flex flex-wrap gap-1.5">
            {provider.capabilities.map((capability) => (
              <li key={capability}>
                <Badge>{capability}</Badge>
              </li>
            ))}
          </ul>
        ),
      },
      {
        label: "Services",
        cell: ({ provider, services }) => (
          <ul className="grid gap-1">
            {services.map((service) => (
              <li key={service.id}>
                <Link
                  href={`${paths.provider(provider.id)}?service=${encodeURIComponent(service.slug)}`}
                  className="underline underline-offset-2 hover:text-flow-strong"
                >
                  {service.name}
                </Link>
              </li>
            ))}
            {provider.services > services.length ? (
              <li className="text-faint">and {provider.services - services.length} more</li>
            ) : null}
          </ul>
        ),
      },
      {
        label: "Calls served",
        cell: ({ provider }) => provider.totalRequestsServed.toLocaleString("en"),
        rank: ({ provider }) => provider.totalRequestsServed,
        best: "highest",
      },
    ],
  },
];

/** The columns that no other beats; none when all are alike, for then nothing speaks for one. */
function bestOf({ rank, best }: Row, columns: readonly CompareColumn[]): Set<CompareColumn> {
  if (!rank) return new Set();
  const ranked = columns.flatMap((column) => {
    const value = rank(column);
    return value === null ? [] : [{ column, value }];
  });
  const [first] = ranked
    .toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
    .slice(...(best === "lowest" ? [0, 1] : [-1]));
  const winners = ranked.filter(({ value }) => value === first?.value);
  return new Set(winners.length < columns.length ? winners.map(({ column }) => column) : []);
}
