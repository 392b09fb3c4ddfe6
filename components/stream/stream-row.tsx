import Link from "next/link";
import { Amount } from "@/components/ui/amount";
import { ShortAddress } from "@/components/wallet/short-address";
import { paths } from "@/lib/paths";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { CurrentLine } from "./current-line";
import { LiveAmount } from "./live-amount";
import { RateText } from "./rate-text";
import { RunwayClock } from "./runway-clock";
import { StatusBadge } from "./status-badge";

/** One stream in a list: who, how fast, how much so far, how long it lasts. */
export function StreamRow({ stream, viewer }: { stream: StreamView; viewer: string }) {
  const { asset, serverNowMs, depletesAtMs, provider } = stream;
  const anchor = anchorOf(stream);
  const sends = stream.sender.toLowerCase() === viewer.toLowerCase();
  return (
    <li className="relative rounded-xl border border-line bg-card p-4 shadow-card focus-within:border-flow hover:border-line-strong">
      <div className="grid grid-cols-2 items-center gap-x-4 gap-y-3 sm:grid-cols-[minmax(0,1.4fr)_1fr_1.1fr_1fr]">
        <div className="min-w-0">
          <Link
            href={paths.stream(stream.id)}
            className="font-semibold after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none"
          >
            {sends ? (
              provider.name
            ) : (
              <>
                From <ShortAddress address={stream.sender} />
              </>
            )}
          </Link>
          <p className="text-faint text-xs">
            <RateText rate={stream.rate} asset={asset} />
          </p>
        </div>
        <div className="justify-self-end sm:justify-self-start">
          <StatusBadge status={stream.status} />
        </div>
        <div>
          <p className="text-faint text-xs">{stream.status === "settled" ? "Paid" : "Accrued"}</p>
          {stream.status === "settled" ? (
            <Amount value={stream.billed} asset={asset} />
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
        </div>
        <div className="justify-self-end text-right sm:justify-self-auto sm:text-left">
          <p className="text-faint text-xs">{stream.status === "settled" ? "Returned" : "Runway"}</p>
          {stream.status === "settled" ? (
            <Amount value={stream.refunded} asset={asset} />
          ) : stream.status === "active" && depletesAtMs !== null ? (
            <RunwayClock depletesAtMs={depletesAtMs} serverNowMs={serverNowMs} />
          ) : (
            <span className="text-soft">stands still</span>
          )}
        </div>
      </div>
      <CurrentLine moving={stream.status === "active"} className="mt-4" />
    </li>
  );
}
