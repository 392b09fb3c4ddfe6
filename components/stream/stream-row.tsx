import Link from "next/link";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { cn } from "@/components/ui/cn";
import { ShortAddress } from "@/components/wallet/short-address";
import { paths } from "@/lib/paths";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { CurrentLine } from "./current-line";
import { LiveAmount } from "./live-amount";
import { RateText } from "./rate-text";
import { RunwayClock } from "./runway-clock";
import { StatusBadge } from "./status-badge";

/** The columns of a list of streams on a wide screen; the head above it uses them too. */
export const rowColumns =
  "sm:grid-cols-[1.25rem_minmax(0,1.5fr)_8.5rem_minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)]";

type Props = {
  stream: StreamView;
  viewer: string;
  /** A box to choose it by; nothing for a stream that is over. */
  box?: ReactNode;
  chosen?: boolean;
};

/** One stream in a list: who, how fast, how much so far, how long it lasts. A card on a narrow screen, a line on a wide one. */
export function StreamRow({ stream, viewer, box, chosen }: Props) {
  const { asset, serverNowMs, depletesAtMs, provider, status } = stream;
  const anchor = anchorOf(stream);
  const sends = stream.sender.toLowerCase() === viewer.toLowerCase();
  const over = status === "settled" || status === "failed";
  return (
    <li
      className={cn(
        "relative overflow-hidden focus-within:bg-sunken hover:bg-sunken max-sm:rounded-xl max-sm:border max-sm:border-line max-sm:bg-card max-sm:shadow-card sm:border-line sm:border-b sm:last:border-b-0",
        chosen && "bg-flow-wash hover:bg-flow-wash max-sm:border-flow",
      )}
    >
      <div
        className={cn(
          "grid grid-cols-[1.25rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-3 px-4 py-3 sm:gap-x-4",
          rowColumns,
        )}
      >
        <span className="relative z-10 grid place-items-center">{box}</span>
        <div className="min-w-0">
          <Link
            href={paths.stream(stream.id)}
            className="block truncate font-semibold after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-md focus-visible:after:outline-2 focus-visible:after:outline-flow focus-visible:after:outline-offset-[-2px]"
          >
            {sends ? (
              provider.name
            ) : (
              <>
                From <ShortAddress address={stream.sender} />
              </>
            )}
          </Link>
          <p className="truncate text-faint text-xs">
            {sends ? null : <>{provider.name}, </>}
            <RateText rate={stream.rate} asset={asset} />
          </p>
        </div>
        <div className="justify-self-end sm:justify-self-start">
          <StatusBadge status={status} />
        </div>
        <Figure label={over ? "Paid" : "Accrued"} className="max-sm:col-start-2">
          {over ? (
            <Amount value={stream.billed} asset={asset} symbol={false} rounding="down" />
          ) : (
            <LiveAmount
              label="Accrued"
              anchor={anchor}
              plus={stream.used}
              serverNowMs={serverNowMs}
              asset={asset}
              className="font-medium"
            />
          )}
        </Figure>
        <Figure label="Runway" className="max-sm:text-right">
          {status === "active" && depletesAtMs !== null ? (
            <RunwayClock depletesAtMs={depletesAtMs} serverNowMs={serverNowMs} />
          ) : (
            <span className="text-soft">
              {over ? "over" : status === "exhausted" ? "empty" : "stands still"}
            </span>
          )}
        </Figure>
        <Figure label={over ? "Returned" : "Deposit"} className="max-sm:hidden">
          <Amount
            value={over ? stream.refunded : stream.funded}
            asset={asset}
            symbol={false}
            rounding="down"
          />
          {over ? (
            <span className="text-faint text-xs"> returned</span>
          ) : stream.rail === "superfluid" ? (
            <span className="text-faint text-xs"> in the balance</span>
          ) : null}
        </Figure>
      </div>
      {status === "active" ? (
        <CurrentLine moving className="absolute inset-x-0 bottom-0 h-0.5 rounded-none" />
      ) : null}
    </li>
  );
}

/** On a wide screen the head of the list names the columns. */
function Figure({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn("min-w-0 text-sm sm:text-right", className)}>
      <p className="text-faint text-xs sm:sr-only">{label}</p>
      {children}
    </div>
  );
}
