"use client";
import { useState } from "react";
import { Amount } from "@/components/ui/amount";
import { asks } from "@/components/wallet/asks";
import { useBatching } from "@/components/wallet/use-batching";
import { amountOver, timeFor } from "@/lib/domain/rate";
import { formatDuration, formatToken } from "@/lib/format";
import type { StreamView } from "@/lib/streams/stream-view";
import { AmountField, proposedAmount, readAmount } from "./amount-field";
import { MoneyDialog } from "./money-dialog";
import type { StreamActionSet } from "./stream-actions-type";
import { useMoneyAction } from "./use-money-action";

const FOUR_HOURS_MS = 14_400_000n;

type Props = {
  stream: StreamView;
  /** Null where it is not known here: a wallet on a chain. */
  walletBalance: bigint | null;
  send: StreamActionSet["topUp"];
  onClose: () => void;
};

/** Adds to the deposit: by default four more hours. */
export function TopUpDialog({ stream, walletBalance, send, onClose }: Props) {
  const { asset, rate } = stream;
  const [text, setText] = useState(() => proposedAmount(amountOver(rate, FOUR_HOURS_MS, "ceil"), asset));
  const together = useBatching(stream.rail !== "ledger");
  const what = `Top up the stream to ${stream.provider.name}`;
  const { state, submit } = useMoneyAction(send, what, together === true);
  const { units } = readAmount(text, asset);
  const wrong =
    units === undefined
      ? undefined
      : units < stream.minimumTopUp
        ? `At least ${formatToken(stream.minimumTopUp, asset, { rounding: "up" })}, to be of use.`
        : walletBalance !== null && units > walletBalance
          ? "That is more than your wallet holds."
          : undefined;

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Top up"
      description={`More runway for your stream to ${stream.provider.name}.`}
      consequence={
        units === undefined ? (
          "Write how much to add."
        ) : (
          <>
            <strong>{formatToken(units, asset)}</strong>{" "}
            {stream.rail === "superfluid"
              ? "is wrapped from your wallet into the balance that all of your flows share"
              : "leaves your wallet and is locked in this stream"}
            : about {formatDuration(timeFor(rate, units))} more at today’s rate. You get back what is not
            used.
          </>
        )
      }
      confirm="Top up"
      disabled={units === undefined || wrong !== undefined || together === null}
      state={state}
      onConfirm={() => {
        if (units !== undefined) void submit({ streamId: stream.id, amount: units });
      }}
      done={(after) => (
        <>
          The deposit is now <Amount value={after.funded} asset={asset} />, and lasts for{" "}
          {formatDuration(after.runwayMs)}.
        </>
      )}
    >
      <AmountField
        label="Amount"
        asset={asset}
        text={text}
        onText={setText}
        error={wrong}
        hint={
          walletBalance === null ? (
            asks(together)
          ) : (
            <>
              Your wallet holds <Amount value={walletBalance} asset={asset} />
            </>
          )
        }
      />
    </MoneyDialog>
  );
}
