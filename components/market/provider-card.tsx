import Link from "next/link";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { compareRates } from "@/lib/domain/rate";
import type { ProviderView } from "@/lib/market/provider-row";
import { paths } from "@/lib/paths";
import { categoryName } from "./category-name";

const CAPABILITIES_SHOWN = 5;

/** One provider in the market: what it does, and what it costs from. */
export function ProviderCard({ provider }: { provider: ProviderView }) {
  const [cheapest] = provider.tiers.toSorted((a, b) => compareRates(a.rate, b.rate));
  const more = provider.capabilities.length - CAPABILITIES_SHOWN;
  return (
    <li className="group relative flex flex-col rounded-xl border border-line bg-card p-5 shadow-card focus-within:border-flow hover:border-line-strong">
      <p className="text-faint text-xs">{categoryName(provider.category)}</p>
      <h2 className="mt-1 font-semibold text-lg tracking-tight">
        <Link
          href={paths.provider(provider.id)}
          className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none"
        >
          {provider.name}
        </Link>
      </h2>
      <p className="mt-1 line-clamp-3 text-sm text-soft">{provider.description}</p>
      <ul aria-label="Capabilities" className="mt-3 mb-4 flex flex-wrap gap-1.5">
        {provider.capabilities.slice(0, CAPABILITIES_SHOWN).map((capability) => (
          <li key={capability}>
            <Badge>{capability}</Badge>
          </li>
        ))}
        {more > 0 ? (
          <li>
            <Badge>+{more}</Badge>
          </li>
        ) : null}
      </ul>
      <div className="mt-auto flex items-end justify-between gap-3 border-line border-t pt-3">
        <p className="text-sm">
          <span className="text-faint text-xs">from </span>
          {cheapest ? (
            <Amount value={cheapest.ratePerDay} asset={provider.asset} digits={2} className="font-semibold" />
          ) : null}
          <span className="text-faint text-xs"> a day</span>
        </p>
        <p className="text-faint text-xs">
          {provider.services} {provider.services === 1 ? "service" : "services"} ·{" "}
          {provider.totalRequestsServed.toLocaleString("en")}{" "}
          {provider.totalRequestsServed === 1 ? "call" : "calls"}
        </p>
      </div>
    </li>
  );
}
