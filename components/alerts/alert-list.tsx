"use client";
import { CircleCheck, X } from "lucide-react";
import Link from "next/link";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { RunwayClock } from "@/components/stream/runway-clock";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { AlertView } from "@/lib/alerts/alert-view";
import type { ActionResult } from "@/lib/http/action";
import { paths } from "@/lib/paths";
import { alertTone, alertWords, obstacleWords } from "./alert-words";
import { type TopUpAction, TopUpNow } from "./top-up-now";

export type DismissAction = (input: unknown) => Promise<ActionResult<AlertView>>;

export type AlertListProps = {
  /** Live ones, the most urgent first. */
  alerts: AlertView[];
  walletBalance: bigint;
  topUp: TopUpAction;
  dismiss: DismissAction;
  className?: string;
};

/** The alerts that stand, each with its clock and its one click. One that was answered says what came of it. */
export function AlertList({ alerts, walletBalance, topUp, dismiss, className }: AlertListProps) {
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
          <li key={alert.id} className="px-4 py-3.5">
            <AlertLine alert={alert} dismiss={dismiss} />
            <TopUpNow
              className="mt-2.5"
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

function AlertLine({ alert, dismiss }: { alert: AlertView; dismiss: DismissAction }) {
  const [busy, start] = useTransition();
  const { now, provider, streamId, serverNowMs } = alert;
  const obstacle = obstacleWords(alert);
  const until = now.streamStatus === "exhausted" ? now.graceUntilMs : now.depletesAtMs;
  return (
    <>
      <div className="flex items-start justify-between gap-2">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
          <Link
            href={paths.stream(streamId)}
            className="min-w-0 truncate font-medium underline-offset-4 hover:underline"
          >
            {provider.name}
          </Link>
          <Badge tone={alertTone(alert)}>{alertWords(alert)}</Badge>
        </p>
        <Button
          tone="quiet"
          size="icon"
          className="-mt-1 -mr-2 size-7"
          aria-label={`Put away: ${provider.name}`}
          busy={busy}
          onClick={() =>
            start(async () => {
              const ended = await dismiss({ alertId: alert.id });
              if (!ended.ok) toast.error(ended.problem.detail);
            })
          }
        >
          {busy ? null : <X aria-hidden />}
        </Button>
      </div>
      <p className="mt-0.5 text-soft text-sm">
        {until === null ? null : (
          <>
            {now.streamStatus === "exhausted" ? "Closes in " : "Runs dry in "}
            <RunwayClock depletesAtMs={until} serverNowMs={serverNowMs} className="font-medium text-ink" />
          </>
        )}
      </p>
      {obstacle ? <p className="mt-0.5 text-sm text-warn">{obstacle}</p> : null}
    </>
  );
}
