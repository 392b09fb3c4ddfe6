"use client";
import { LocalTime } from "@/components/ui/local-time";
import type { StreamView } from "@/lib/streams/stream-view";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = { stream: StreamView; send: StreamActionSet["setAutoTopUp"]; onClose: () => void };

/** Takes the standing order back. */
export function AutoTopUpOffDialog({ stream, send, onClose }: Props) {
  const { state, submit } = useMoneyAction(send);
  const { status, depletesAtMs } = stream;
  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Turn off the automatic top-up"
      description={`Your stream to ${stream.provider.name} goes on.`}
      consequence={
        <>
          Nothing moves now, and nothing more leaves your wallet by itself. The stream stops when its deposit
          is empty
          {status === "active" && depletesAtMs !== null ? (
            <>
              : at the present rate that is <LocalTime ms={depletesAtMs} />
            </>
          ) : null}
          .
        </>
      }
      confirm="Turn it off"
      state={state}
      onConfirm={() => void submit({ streamId: stream.id, rule: null })}
      done={() => "Off: the stream stops when its deposit is empty."}
    />
  );
}
