import Link from "next/link";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { paths } from "@/lib/paths";
import type { StreamsOverview } from "@/lib/streams/get-streams-overview";
import { RunwayClock } from "./runway-clock";

/** What all streams of the account come to: how much flows, how much is locked, which runs dry first. */
export function StreamsStrip({ overview }: { overview: StreamsOverview }) {
  const { asset, outPerHour, inPerHour, locked, collectable, running, total, shortest, serverNowMs } =
    overview;
  return (
    <dl
      aria-label="All streams"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line shadow-card lg:grid-cols-4"
    >
      <Cell label="Streaming" note={`of ${total} ${total === 1 ? "stream" : "streams"}`}>
        {running}
      </Cell>
      <Cell
        label={inPerHour > 0n && outPerHour === 0n ? "Flows in, an hour" : "Flows out, an hour"}
        note={
          inPerHour > 0n && outPerHour > 0n ? (
            <>
              in: <Amount value={inPerHour} asset={asset} />
            </>
          ) : (
            asset.symbol
          )
        }
      >
        <Amount value={outPerHour > 0n ? outPerHour : inPerHour} asset={asset} symbol={false} />
      </Cell>
      <Cell
        label={locked === 0n && collectable > 0n ? "To collect" : "Locked"}
        note={
          locked > 0n && collectable > 0n ? (
            <>
              to collect: <Amount value={collectable} asset={asset} />
            </>
          ) : (
            asset.symbol
          )
        }
      >
        <Amount value={locked > 0n ? locked : collectable} asset={asset} symbol={false} />
      </Cell>
      <Cell
        label="Shortest runway"
        note={
          shortest ? (
            <Link
              href={paths.stream(shortest.streamId)}
              className="underline underline-offset-4 hover:text-ink"
            >
              {shortest.providerName}
            </Link>
          ) : (
            "nothing you pay is running"
          )
        }
      >
        {shortest ? <RunwayClock depletesAtMs={shortest.depletesAtMs} serverNowMs={serverNowMs} /> : "none"}
      </Cell>
    </dl>
  );
}

function Cell({ label, note, children }: { label: string; note: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 bg-card px-4 py-3">
      <dt className="text-faint text-xs">{label}</dt>
      <dd className="mt-0.5 font-semibold text-lg tabular-nums leading-snug">
        {children}
        <span className="block truncate font-normal text-faint text-xs">{note}</span>
      </dd>
    </div>
  );
}
