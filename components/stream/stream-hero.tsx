import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Card } from "@/components/ui/card";
import { LocalTime } from "@/components/ui/local-time";
import { formatDuration } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { CurrentLine } from "./current-line";
import { LiveAmount } from "./live-amount";
import { RateText } from "./rate-text";
import { RunwayClock } from "./runway-clock";
import { RunwayRule } from "./runway-rule";
import type { StreamActionSet } from "./stream-actions-type";

type Props = {
  stream: StreamView;
  /** Changes the automatic top-up; null for the receiver. */
  setAutoTopUp: StreamActionSet["setAutoTopUp"] | null;
};

/** The big figure: what has flowed, to the ninth decimal while it flows, and how long it goes on. */
export function StreamHero({ stream, setAutoTopUp }: Props) {
  const { asset, serverNowMs, status } = stream;
  const over = status === "settled" || status === "closing" || status === "failed";
  return (
    <Card aria-label="Counter" className="overflow-hidden">
      <div className="px-5 pt-5 pb-6 sm:px-7">
        <p className="text-sm text-soft">{over ? "Paid in total" : "Accrued so far"}</p>
        <p className="mt-1 flex flex-wrap items-baseline gap-x-2 font-semibold text-[clamp(2rem,7.5vw,3.5rem)] leading-tight tracking-tight">
          {over ? (
            <Amount value={stream.billed} asset={asset} digits={9} rounding="down" symbol={false} />
          ) : (
            <LiveAmount
              label="Accrued"
              anchor={anchorOf(stream)}
              plus={stream.used}
              serverNowMs={serverNowMs}
              asset={asset}
              digits={9}
            />
          )}
          <span className="font-normal text-base text-soft">{asset.symbol}</span>
        </p>
        <div className="mt-5 grid grid-cols-2 gap-4 sm:grid-cols-3">
          <Figure label={over ? "Closed" : "Runway"}>
            <Runway stream={stream} />
          </Figure>
          <Figure label="Rate">
            <RateText rate={stream.rate} asset={asset} />
          </Figure>
          {stream.rail === "superfluid" ? (
            <OfFlow stream={stream} over={over} />
          ) : (
            <Figure label={over ? "Returned" : "Deposit"}>
              <Amount value={over ? stream.refunded : stream.funded} asset={asset} />
            </Figure>
          )}
        </div>
      </div>
      <CurrentLine moving={status === "active"} className="rounded-none" />
      {over ? null : <RunwayRule stream={stream} send={setAutoTopUp} />}
    </Card>
  );
}

/** A flow has no deposit: it is paid out of a balance, until that is spent. */
function OfFlow({ stream, over }: { stream: StreamView; over: boolean }) {
  const { asset, funded, serverNowMs, startedAtMs, closedAtMs } = stream;
  if (over)
    return <Figure label="Flowed for">{formatDuration((closedAtMs ?? serverNowMs) - startedAtMs)}</Figure>;
  return (
    <Figure label="Left in the balance">
      <LiveAmount
        label="Left in the balance"
        anchor={anchorOf(stream)}
        sign={-1}
        plus={funded}
        serverNowMs={serverNowMs}
        asset={asset}
      />
      <span className="text-[0.85em] text-soft"> {asset.symbol}</span>
    </Figure>
  );
}

function Runway({ stream }: { stream: StreamView }) {
  const { status, depletesAtMs, serverNowMs, graceUntilMs, closedAtMs } = stream;
  if (status === "active" && depletesAtMs !== null)
    return <RunwayClock depletesAtMs={depletesAtMs} serverNowMs={serverNowMs} />;
  if (status === "exhausted")
    return graceUntilMs === null ? (
      <span className="text-stop">empty</span>
    ) : (
      <span className="text-stop">
        top up by <LocalTime ms={graceUntilMs} style="time" />
      </span>
    );
  if (closedAtMs !== null) return <LocalTime ms={closedAtMs} style="time" />;
  return status === "paused" ? <span className="text-warn">paused</span> : <span>none</span>;
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="text-faint text-xs">{label}</p>
      <p className="mt-0.5 font-medium">{children}</p>
    </div>
  );
}
