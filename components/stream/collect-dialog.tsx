"use client";
import { useMemo } from "react";
import { Amount } from "@/components/ui/amount";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveAmount } from "./live-amount";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = { stream: StreamView; send: StreamActionSet["collect"]; onClose: () => void };

/** The receiver takes what has accrued so far; the stream goes on. */
export function CollectDialog({ stream, send, onClose }: Props) {
  const anchor = useMemo(() => anchorOf(stream), [stream]);
  const { state, submit } = useMoneyAction(send, `Collect from ${stream.provider.name}`);
  const { asset, serverNowMs } = stream;
  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Collect"
      description="Takes what has accrued so far into your wallet. The stream goes on."
      consequence={
        <>
          <LiveAmount
            label="To be collected"
            anchor={anchor}
            plus={stream.used}
            minus={stream.billed}
            serverNowMs={serverNowMs}
            asset={asset}
          />{" "}
          {asset.symbol} goes to your wallet{stream.chain ? ": about, for the chain pays whole seconds" : ""}.
        </>
      }
      confirm="Collect"
      state={state}
      onConfirm={() => void submit({ streamId: stream.id })}
      done={(after) => (
        <>
          This stream has paid you <Amount value={after.billed} asset={asset} /> so far.
        </>
      )}
    />
  );
}
