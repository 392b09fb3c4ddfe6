import type { ReactNode } from "react";
import { CurrentLine } from "@/components/stream/current-line";
import { LiveAmount } from "@/components/stream/live-amount";
import { Amount } from "@/components/ui/amount";
import type { MarketSummary } from "@/lib/market/get-market-summary";
import type { NetworkFlow } from "@/lib/market/get-network-flow";
import { Price } from "./price";

type Props = { flow: NetworkFlow; summary: MarketSummary };

/** The whole market as one stream: what has flowed through it so far, moving while any stream does. */
export function NetworkPanel({ flow, summary }: Props) {
  const { asset, anchor, plus, streams, serverNowMs } = flow;
  const { providers, totalRequests, totalVolume } = summary;
  return (
    <section
      aria-label="The market now"
      className="flex flex-col overflow-hidden rounded-2xl border border-line bg-card shadow-card"
    >
      <div className="px-5 pt-5 pb-5 sm:px-6">
        <p className="caption">Streamed through this market</p>
        <p className="figure mt-1 flex items-baseline gap-2 overflow-hidden font-semibold text-[clamp(1.5rem,7.2vw,2.25rem)] leading-tight">
          <LiveAmount
            label="Streamed through this market"
            anchor={anchor}
            plus={plus}
            serverNowMs={serverNowMs}
            asset={asset}
            digits={9}
          />
          <span className="font-normal text-base text-soft tracking-normal">{asset.symbol}</span>
        </p>
        <p className="mt-1.5 text-sm text-soft">
          {streams > 0 ? (
            <>
              <Price
                rate={anchor.rate}
                asset={asset}
                per="hour"
                symbol
                className="font-medium text-flow-strong"
              />{" "}
              an hour now, by {streams.toLocaleString("en")} {streams === 1 ? "stream" : "streams"}
            </>
          ) : (
            "No stream flows at this moment. Yours would be the first."
          )}
        </p>
      </div>
      <CurrentLine moving={streams > 0} className="rounded-none" />
      <dl className="grid grow grid-cols-3 gap-px bg-line">
        <Figure label="Providers">{providers.toLocaleString("en")}</Figure>
        <Figure label="Calls served">{totalRequests.toLocaleString("en")}</Figure>
        <Figure label="Paid out">
          <Amount value={totalVolume} asset={asset} digits={2} symbol={false} />
        </Figure>
      </dl>
    </section>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="bg-card px-5 py-3.5 sm:px-6">
      <dt className="caption">{label}</dt>
      <dd className="figure mt-0.5 font-semibold text-lg">{children}</dd>
    </div>
  );
}
