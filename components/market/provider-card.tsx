import Link from "next/link";
import { CurrentLine } from "@/components/stream/current-line";
import { Badge } from "@/components/ui/badge";
import { compareRates } from "@/lib/domain/rate";
import type { ProviderHealth } from "@/lib/market/provider-health";
import type { ProviderView } from "@/lib/market/provider-row";
import { paths } from "@/lib/paths";
import { categoryName } from "./category-name";
import { CompareToggle } from "./compare-selection";
import { HealthBadge } from "./health-badge";
import { Price } from "./price";

const CAPABILITIES_SHOWN = 4;

type Props = { provider: ProviderView; health: ProviderHealth | undefined };

/** One provider in the market: what it does, whether it answers, and what it costs from. */
export function ProviderCard({ provider, health }: Props) {
  const { asset } = provider;
  const [cheapest] = provider.tiers.toSorted((a, b) => compareRates(a.rate, b.rate));
  const more = provider.capabilities.length - CAPABILITIES_SHOWN;
  return (
    <li className="group relative flex flex-col overflow-hidden rounded-xl border border-line bg-card shadow-card focus-within:border-flow hover:border-line-strong">
      <div className="flex grow flex-col px-5 pt-4 pb-4">
        <p className="caption truncate">{categoryName(provider.category)}</p>
        <h3 className="mt-1 font-semibold text-lg tracking-tight">
          <Link
            href={paths.provider(provider.id)}
            className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none"
          >
            {provider.name}
          </Link>
        </h3>
        {health ? <HealthBadge health={health} className="mt-1" /> : null}
        <p className="mt-2.5 line-clamp-2 text-sm text-soft">{provider.description}</p>
        <ul aria-label="Capabilities" className="mt-3 flex flex-wrap gap-1.5">
          {provider.capabilities.slice(0, CAPABILITIES_SHOWN).map((capability) => (
            <li key={capability} className="min-w-0">
              <Badge className="max-w-full truncate">{capability}</Badge>
            </li>
          ))}
          {more > 0 ? (
            <li>
              <Badge>
                +{more}
                <span className="sr-only"> more</span>
              </Badge>
            </li>
          ) : null}
        </ul>
      </div>
      <CurrentLine moving={provider.activeStreams > 0} className="h-0.5 rounded-none" />
      <div className="bg-sunken/60 px-5 py-3">
        {cheapest ? (
          <>
            <p className="flex items-baseline gap-1.5">
              <span className="caption">from</span>
              <Price
                rate={cheapest.rate}
                asset={asset}
                per="day"
                symbol
                className="figure font-semibold text-lg"
              />
              <span className="caption">a day</span>
            </p>
            <p className="caption mt-0.5">
              <Price rate={cheapest.rate} asset={asset} per="hour" /> an hour ·{" "}
              <Price rate={cheapest.rate} asset={asset} per="second" /> a second
            </p>
          </>
        ) : null}
        <div className="mt-2 flex items-center justify-between gap-3">
          <p className="caption tabular-nums">
            {provider.services} {provider.services === 1 ? "service" : "services"} ·{" "}
            {provider.totalRequestsServed.toLocaleString("en")}{" "}
            {provider.totalRequestsServed === 1 ? "call" : "calls"}
          </p>
          <CompareToggle id={provider.id} name={provider.name} />
        </div>
      </div>
    </li>
  );
}
