"use client";
import { useMemo } from "react";
import { Amount } from "@/components/ui/amount";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { LiveAmount } from "./live-amount";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = { stream: StreamView; asReceiver: boolean; send: StreamActionSet["close"]; onClose: () => void };

/** Ends the stream and settles it. The two figures move until the moment of closing. */
export function CloseDialog({ stream, asReceiver, send, onClose }: Props) {
  const { asset, funded, used, serverNowMs, provider } = stream;
  const anchor = useMemo(() => anchorOf(stream), [stream]);
  const { state, submit } = useMoneyAction(send, `Close the stream to ${provider.name}`);
  const live = { anchor, serverNowMs, asset, digits: 6 };

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Close the stream"
      description="It stops now and is settled to the last base unit. A closed stream cannot be opened again."
      consequence={
        <dl className="grid gap-1.5">
          <div className="flex justify-between gap-4">
            <dt>Paid to {asReceiver ? "you" : provider.name}</dt>
            <dd className="font-medium">
              <LiveAmount label="To be paid" plus={used} {...live} /> {asset.symbol}
            </dd>
          </div>
          <div className="flex justify-between gap-4">
            <dt>{asReceiver ? "Back to the sender" : "Back to your wallet"}</dt>
            <dd className="font-medium">
              <LiveAmount label="To be returned" sign={-1} plus={funded} minus={used} {...live} />{" "}
              {asset.symbol}
            </dd>
          </div>
        </dl>
      }
      confirm="Close and settle"
      tone="stop"
      state={state}
      onConfirm={() => void submit({ streamId: stream.id })}
      done={(settlement) =>
        settlement.status === "closing" ? (
          "Closed: nothing flows any more. A call that is still under way holds a part; it is settled within minutes."
        ) : (
          <>
            <Amount value={settlement.totalPaid} asset={asset} /> was paid to {provider.name} and{" "}
            <Amount value={settlement.refund} asset={asset} /> came back. Owed: nothing.
          </>
        )
      }
    />
  );
}
