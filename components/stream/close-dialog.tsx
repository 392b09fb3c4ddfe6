"use client";
import { useMemo } from "react";
import { Amount } from "@/components/ui/amount";
import { liveAccrued } from "@/lib/domain/live-accrued";
import type { StreamView } from "@/lib/streams/stream-view";
import { anchorOf } from "./anchor-of";
import { rememberEstimate } from "./close-estimate";
import { LiveAmount } from "./live-amount";
import { MoneyDialog } from "./money-dialog";
import { serverTimeMs } from "./server-clock";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

type Props = { stream: StreamView; asReceiver: boolean; send: StreamActionSet["close"]; onClose: () => void };

/** Ends the stream and settles it. The two figures move until the moment of closing. */
export function CloseDialog({ stream, asReceiver, send, onClose }: Props) {
  const { asset, funded, used, serverNowMs, provider } = stream;
  const anchor = useMemo(() => anchorOf(stream), [stream]);
  const { state, submit } = useMoneyAction(send, `Close the stream to ${provider.name}`);
  const live = { anchor, serverNowMs, asset, digits: 6 };

  const flows = stream.rail === "superfluid";

  function close() {
    const estimate = liveAccrued(anchor, BigInt(Math.floor(serverTimeMs()))) + used;
    if (stream.chain) rememberEstimate(stream.id, estimate);
    void submit({ streamId: stream.id });
  }

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Close the stream"
      description={
        stream.chain
          ? "It stops with the next block of the chain, which decides the last second. A closed stream cannot be opened again."
          : "It stops now and is settled to the last base unit. A closed stream cannot be opened again."
      }
      consequence={
        <>
          <dl className="grid gap-1.5">
            <div className="flex justify-between gap-4">
              <dt>
                {flows ? "Flowed" : "Paid"} to {asReceiver ? "you" : provider.name}
                {stream.chain ? ", about" : ""}
              </dt>
              <dd className="whitespace-nowrap font-medium">
                <LiveAmount label="To be paid" plus={used} {...live} /> {asset.symbol}
              </dd>
            </div>
            {flows ? null : (
              <div className="flex justify-between gap-4">
                <dt>
                  {asReceiver ? "Back to the sender" : "Back to your wallet"}
                  {stream.chain ? ", about" : ""}
                </dt>
                <dd className="whitespace-nowrap font-medium">
                  <LiveAmount label="To be returned" sign={-1} plus={funded} minus={used} {...live} />{" "}
                  {asset.symbol}
                </dd>
              </div>
            )}
          </dl>
          {stream.chain ? <p className="mt-2">{chainClose[flows ? "superfluid" : "streampay"]}</p> : null}
        </>
      }
      confirm="Close and settle"
      tone="stop"
      state={state}
      onConfirm={close}
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

const chainClose = {
  streampay:
    "The contract pays for whole seconds until then, and gives the rest back in the same transaction.",
  superfluid:
    "What has flowed has arrived already. The buffer comes back to the sender’s balance, and other plans with the same receiver run on.",
};
