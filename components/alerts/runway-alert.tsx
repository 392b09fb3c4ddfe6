"use client";
import { useState } from "react";
import { RunwayClock } from "@/components/stream/runway-clock";
import { Notice } from "@/components/ui/notice";
import type { AlertView } from "@/lib/alerts/alert-view";
import { alertTone, obstacleWords } from "./alert-words";
import { type TopUpAction, TopUpNow } from "./top-up-now";

type Props = {
  /** The alert that stands for the stream, or null. Keep the component mounted: it also says that a top-up worked. */
  alert: AlertView | null;
  /** Base units in the sender's wallet; null where the money is on a chain, and the page's own button tops up. */
  walletBalance: bigint | null;
  topUp: TopUpAction;
  className?: string;
};

/** On a stream's page: that it is about to run dry, when, why nothing else will help, and the click that does. */
export function RunwayAlert({ alert, walletBalance, topUp, className }: Props) {
  const [done, setDone] = useState<{ sentence: string; alertId: string } | null>(null);
  if (done && (alert === null || alert.id === done.alertId))
    return (
      <Notice tone="good" title="Topped up" className={className}>
        {done.sentence}
      </Notice>
    );
  if (!alert) return null;

  const { now, serverNowMs } = alert;
  const empty = now.streamStatus === "exhausted";
  return (
    <Notice
      tone={alertTone(alert)}
      // Announced once, politely: the clock inside moves every second.
      role="region"
      aria-label="Runway alert"
      className={className}
      title={empty ? "The deposit is empty: calls are refused" : "This stream runs dry soon"}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-prose">
          {empty ? (
            now.graceUntilMs === null ? null : (
              <p>
                A top-up within{" "}
                <strong>
                  <RunwayClock depletesAtMs={now.graceUntilMs} serverNowMs={serverNowMs} />
                </strong>{" "}
                revives it. After that it closes.
              </p>
            )
          ) : now.depletesAtMs === null ? null : (
            <p>
              It can pay for another{" "}
              <strong>
                <RunwayClock depletesAtMs={now.depletesAtMs} serverNowMs={serverNowMs} />
              </strong>
              . After that calls are answered with 402 until you top up.
            </p>
          )}
          {obstacleWords(alert) ? <p className="mt-1">{obstacleWords(alert)}</p> : null}
        </div>
        {walletBalance === null ? null : (
          <TopUpNow
            alert={alert}
            walletBalance={walletBalance}
            topUp={topUp}
            onDone={(sentence) => setDone({ sentence, alertId: alert.id })}
          />
        )}
      </div>
    </Notice>
  );
}
