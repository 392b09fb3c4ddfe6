"use client";
import Link from "next/link";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { AlertView } from "@/lib/alerts/alert-view";
import { timeFor } from "@/lib/domain/rate";
import { formatDuration, formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import { paths } from "@/lib/paths";
import type { StreamView } from "@/lib/streams/stream-view";

export type TopUpAction = (input: unknown) => Promise<ActionResult<StreamView>>;

type Props = {
  alert: AlertView;
  /** Base units in the sender's wallet. */
  walletBalance: bigint;
  topUp: TopUpAction;
  /** Told how long the stream lasts afterwards. The alert itself is gone by then. */
  onDone: (sentence: string) => void;
  className?: string;
};

/** One click that keeps a stream running: what it moves stands on the button, and what that means below it. */
export function TopUpNow({ alert, walletBalance, topUp, onDone, className }: Props) {
  const { state, submit } = useMoneyAction(topUp);
  const { streamId, asset, suggestedTopUp, provider, rate } = alert;
  const lasts = formatDuration(timeFor(rate, suggestedTopUp));
  const short = suggestedTopUp > walletBalance;

  async function add() {
    const ended = await submit({ streamId, amount: suggestedTopUp });
    if (ended.phase === "confirmed")
      onDone(
        `${formatToken(suggestedTopUp, asset)} added: ${provider.name} now lasts ${formatDuration(ended.value.runwayMs)}.`,
      );
  }

  return (
    <div className={cn("grid justify-items-start gap-1.5", className)}>
      <Button
        tone="flow"
        size="sm"
        className="tabular-nums"
        busy={state.phase === "sent"}
        disabled={short}
        onClick={() => void add()}
      >
        Add {lasts} · {formatToken(suggestedTopUp, asset)}
      </Button>
      {state.phase === "refused" ? (
        <p role="alert" className="text-stop text-xs">
          {state.problem.title}. {state.problem.detail}
        </p>
      ) : short ? (
        <p className="text-stop text-xs">
          Your wallet holds {formatToken(walletBalance, asset)}.{" "}
          <Link href={paths.wallet} className="underline underline-offset-2">
            Fill it first
          </Link>
          .
        </p>
      ) : (
        <p className="text-faint text-xs">One click: from your wallet into this stream. Unused comes back.</p>
      )}
    </div>
  );
}
