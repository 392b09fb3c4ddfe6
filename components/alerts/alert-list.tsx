"use client";
import { CircleCheck, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { RunwayClock } from "@/components/stream/runway-clock";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { AlertView } from "@/lib/alerts/alert-view";
import type { ActionResult } from "@/lib/http/action";
import { paths } from "@/lib/paths";
import { alertTone, alertWords, obstacleWords } from "./alert-words";
import { type TopUpAction, TopUpNow } from "./top-up-now";
import { useAnswer } from "./use-answer";

export type DismissAction = (input: unknown) => Promise<ActionResult<AlertView>>;

export type AlertListProps = {
  /** Live ones, the most urgent first. */
  alerts: AlertView[];
  walletBalance: bigint;
  topUp: TopUpAction;
  dismiss: DismissAction;
  /** True where a line has room for the button beside its text. */
  wide?: boolean;
  className?: string;
};

/** The alerts that stand, each with its clock and its one click. One that was answered says what came of it. */
export function AlertList({
  alerts,
  walletBalance,
  topUp,
  dismiss,
  wide = false,
  className,
}: AlertListProps) {
  const [done, setDone] = useState<readonly { alertId: string; sentence: string }[]>([]);
  const answered = new Set(done.map(({ alertId }) => alertId));
  return (
    <ul aria-label="Alerts" className={cn("divide-y divide-line", className)}>
      {done.map(({ alertId, sentence }) => (
        <li key={alertId} className="flex items-start gap-2.5 px-4 py-3 text-sm">
          <CircleCheck className="mt-0.5 size-4 shrink-0 text-flow-strong" aria-hidden />
          <p role="status">{sentence}</p>
        </li>
      ))}
      {alerts
        .filter(({ id }) => !answered.has(id))
        .map((alert) => (
          <li
            key={alert.id}
            className={cn(
              "relative grid gap-2.5 px-4 py-3.5",
              wide && "sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-6",
            )}
          >
            <AlertLine alert={alert} />
            <PutAway alert={alert} dismiss={dismiss} />
            <TopUpNow
              className={cn(wide && "sm:mr-9 sm:justify-items-end sm:text-right")}
              alert={alert}
              walletBalance={walletBalance}
              topUp={topUp}
              onDone={(sentence) => setDone((before) => [...before, { alertId: alert.id, sentence }])}
            />
          </li>
        ))}
    </ul>
  );
}

function AlertLine({ alert }: { alert: AlertView }) {
  const { now, provider, streamId, serverNowMs } = alert;
  const obstacle = obstacleWords(alert);
  const until = now.streamStatus === "exhausted" ? now.graceUntilMs : now.depletesAtMs;
  return (
    <div className="min-w-0">
      <p className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 pr-8 text-sm">
        <Link
          href={paths.stream(streamId)}
          className="min-w-0 truncate font-medium underline-offset-4 hover:underline"
        >
          {provider.name}
        </Link>
        <Badge tone={alertTone(alert)}>{alertWords(alert)}</Badge>
      </p>
      {until === null ? null : (
        <p className="mt-1 text-soft text-sm">
          {now.streamStatus === "exhausted" ? "Closes in " : "Runs dry in "}
          <RunwayClock depletesAtMs={until} serverNowMs={serverNowMs} className="font-medium text-ink" />
        </p>
      )}
      {obstacle ? <p className="mt-1 text-sm text-warn">{obstacle}</p> : null}
    </div>
  );
}

function PutAway({ alert, dismiss }: { alert: AlertView; dismiss: DismissAction }) {
  const { busy, run } = useAnswer(dismiss);
  return (
    <Button
      tone="quiet"
      size="icon"
      className="absolute top-2.5 right-2.5 size-8"
      aria-label={`Put away: ${alert.provider.name}`}
      title="Put away"
      busy={busy}
      onClick={() => void run({ alertId: alert.id })}
    >
      {busy ? null : <X aria-hidden />}
    </Button>
  );
}
