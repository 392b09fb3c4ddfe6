"use client";
import { CircleCheck, X } from "lucide-react";
import Link from "next/link";
import { useRef, useState } from "react";
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
  /** Live ones. */
  alerts: AlertView[];
  walletBalance: bigint;
  topUp: TopUpAction;
  dismiss: DismissAction;
  /** True where a line has room for the button beside its text. */
  wide?: boolean;
  className?: string;
};

type Answered = { alertId: string; sentence: string; index: number; height: number };

/** The alerts that stand, each with its clock and its one click. One that was answered says what came of it. */
export function AlertList({
  alerts,
  walletBalance,
  topUp,
  dismiss,
  wide = false,
  className,
}: AlertListProps) {
  const [answered, setAnswered] = useState<readonly Answered[]>([]);
  const list = useRef<HTMLUListElement>(null);
  const lines: (AlertView | Answered)[] = alerts
    .filter(({ id }) => !answered.some(({ alertId }) => alertId === id))
    .sort((a, b) => endOf(a) - endOf(b));
  for (const line of answered) lines.splice(line.index, 0, line);

  /** An answer keeps the place and the size of its alert: the next button must not slide under a second click. */
  function answer(alertId: string, index: number, sentence: string) {
    const height = list.current?.children.item(index)?.getBoundingClientRect().height ?? 0;
    setAnswered((before) =>
      [...before, { alertId, sentence, index, height }].sort((a, b) => a.index - b.index),
    );
  }

  return (
    <ul ref={list} aria-label="Alerts" className={cn("divide-y divide-line", className)}>
      {lines.map((line, index) =>
        "sentence" in line ? (
          <li
            key={line.alertId}
            className="flex items-start gap-2.5 px-4 py-3.5 text-sm"
            style={{ minHeight: line.height }}
          >
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-flow-strong" aria-hidden />
            <p role="status">{line.sentence}</p>
          </li>
        ) : (
          <li
            key={line.id}
            className={cn(
              "relative grid gap-2.5 px-4 py-3.5",
              wide && "sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-6",
            )}
          >
            <AlertLine alert={line} />
            <PutAway alert={line} dismiss={dismiss} />
            <TopUpNow
              className={cn("content-start", wide && "sm:mr-9 sm:justify-items-end sm:text-right")}
              alert={line}
              walletBalance={walletBalance}
              topUp={topUp}
              onDone={(sentence) => answer(line.id, index, sentence)}
            />
          </li>
        ),
      )}
    </ul>
  );
}

/** When it stops, the soonest first; what has stopped comes before everything. */
function endOf({ now }: AlertView): number {
  return now.streamStatus === "exhausted" ? 0 : Number(now.depletesAtMs ?? 0n);
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
