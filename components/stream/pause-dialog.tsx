"use client";
import { Amount } from "@/components/ui/amount";
import { formatDuration, formatRate } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = { stream: StreamView; send: StreamActionSet["pause"]; onClose: () => void };

/** Stops the flow and keeps the deposit. */
export function PauseDialog({ stream, send, onClose }: Props) {
  const { state, submit } = useMoneyAction(send);
  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Pause the stream"
      description={`Nothing flows to ${stream.provider.name} until you resume.`}
      consequence="The flow stops at once. What has accrued belongs to the provider, the rest stays locked, and calls are refused until you resume."
      confirm="Pause"
      state={state}
      onConfirm={() => void submit({ streamId: stream.id })}
      done={(after) => (
        <>
          Paused at <Amount value={after.accrued + after.used} asset={after.asset} />.{" "}
          <Amount value={after.remaining} asset={after.asset} /> stays locked.
        </>
      )}
    />
  );
}

/** Lets a paused stream flow again. */
export function ResumeDialog({ stream, send, onClose }: Props) {
  const { state, submit } = useMoneyAction(send);
  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Resume the stream"
      description={`Calls to ${stream.provider.name} are served again.`}
      consequence={`The flow starts again at ${formatRate(stream.rate, stream.asset)}, from what is still locked. Nothing leaves your wallet.`}
      confirm="Resume"
      state={state}
      onConfirm={() => void submit({ streamId: stream.id })}
      done={(after) => <>It flows again, and lasts for {formatDuration(after.runwayMs)}.</>}
    />
  );
}
