import Link from "next/link";
import type { ReactNode } from "react";
import { anchorOf } from "@/components/stream/anchor-of";
import { CurrentLine } from "@/components/stream/current-line";
import { LiveAmount } from "@/components/stream/live-amount";
import { RateText } from "@/components/stream/rate-text";
import { RunwayClock } from "@/components/stream/runway-clock";
import { StatusBadge } from "@/components/stream/status-badge";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { paths } from "@/lib/paths";
import type { StreamView } from "@/lib/streams/stream-view";

/** The reader's own stream to the provider of this page: that it flows, how much, how long, and the way to it. */
export function OwnStream({ stream }: { stream: StreamView }) {
  const { asset, status, depletesAtMs, serverNowMs } = stream;
  return (
    <li className="overflow-hidden rounded-xl border border-line bg-card shadow-card">
      <div className="grid grid-cols-2 items-center gap-x-6 gap-y-4 px-5 py-4 sm:grid-cols-[minmax(0,1.4fr)_repeat(3,minmax(0,1fr))_auto]">
        <div className="max-sm:col-span-2">
          <StatusBadge status={status} />
          <p className="mt-1.5 text-sm text-soft">
            <span className="capitalize">{stream.tier}</span>, <RateText rate={stream.rate} asset={asset} />
          </p>
        </div>
        <Figure label="Accrued">
          <LiveAmount
            label="Accrued"
            anchor={anchorOf(stream)}
            plus={stream.used}
            serverNowMs={serverNowMs}
            asset={asset}
          />
        </Figure>
        <Figure label="Runway">
          {status === "active" && depletesAtMs !== null ? (
            <RunwayClock depletesAtMs={depletesAtMs} serverNowMs={serverNowMs} />
          ) : (
            <span className="text-soft">none</span>
          )}
        </Figure>
        <Figure label="Deposit">
          <Amount value={stream.funded} asset={asset} symbol={false} rounding="down" />
        </Figure>
        <Button asChild size="sm" className="max-sm:self-end">
          <Link href={paths.stream(stream.id)}>Manage</Link>
        </Button>
      </div>
      <CurrentLine moving={status === "active"} className="h-0.5 rounded-none" />
    </li>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="caption">{label}</p>
      <p className="figure mt-0.5 font-medium">{children}</p>
    </div>
  );
}
