import type { ReactNode } from "react";
import { CurrentLine } from "@/components/stream/current-line";
import { Amount } from "@/components/ui/amount";
import type { MarketSummary } from "@/lib/market/get-market-summary";

/** The market in four figures. The line drifts while any stream flows. */
export function SummaryStrip({ summary }: { summary: MarketSummary }) {
  const { providers, activeStreams, totalRequests, totalVolume, asset } = summary;
  return (
    <section
      aria-label="The market now"
      className="overflow-hidden rounded-xl border border-line bg-card shadow-card"
    >
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-4">
        <Figure label="Providers">{providers.toLocaleString("en")}</Figure>
        <Figure label="Streams flowing">{activeStreams.toLocaleString("en")}</Figure>
        <Figure label="Calls served">{totalRequests.toLocaleString("en")}</Figure>
        <Figure label="Paid to providers">
          <Amount value={totalVolume} asset={asset} digits={4} />
        </Figure>
      </dl>
      <CurrentLine moving={activeStreams > 0} className="rounded-none" />
    </section>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="bg-card px-5 py-4">
      <dt className="text-faint text-xs">{label}</dt>
      <dd className="mt-1 font-semibold text-xl tracking-tight">{children}</dd>
    </div>
  );
}
