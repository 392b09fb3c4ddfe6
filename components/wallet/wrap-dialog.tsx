"use client";
import { useState } from "react";
import { AmountField, readAmount } from "@/components/stream/amount-field";
import { MoneyDialog } from "@/components/stream/money-dialog";
import { Amount } from "@/components/ui/amount";
import { formatToken } from "@/lib/format";
import type { ChainWallet } from "@/lib/rails/superfluid/read-chain-wallet";
import { asks } from "./asks";
import { useBatching } from "./use-batching";
import { type PlanChange, useSignedChange } from "./use-signed-change";
import { WrongNetwork } from "./wrong-network";

type Props = {
  kind: "wrap" | "unwrap";
  wallet: Pick<ChainWallet, "underlying" | "superToken">;
  plan: PlanChange;
  onClose: () => void;
};

/** Turns the money of a wallet into money that can stream, or back. */
export function WrapDialog({ kind, wallet: { underlying, superToken }, plan, onClose }: Props) {
  const wraps = kind === "wrap";
  const { asset } = wraps ? underlying : superToken;
  const into = wraps ? superToken.asset : underlying.asset;
  const has = wraps ? underlying.amount : superToken.balance.available;
  const [text, setText] = useState("");
  const together = useBatching(wraps);
  const what = `${wraps ? "Wrap" : "Unwrap"} ${asset.symbol}`;
  const { state, submit } = useSignedChange(plan, what, together === true);
  const { units } = readAmount(text, asset);
  const wrong = units !== undefined && units > has ? "That is more than your wallet holds." : undefined;
  // One for one: only the digits after the point differ.
  const scale = 10n ** BigInt(Math.abs(into.decimals - asset.decimals));
  const comes = units === undefined ? 0n : wraps ? units * scale : units / scale;

  return (
    <MoneyDialog<never>
      open
      onOpenChange={(open) => open || onClose()}
      title={wraps ? `Wrap ${asset.symbol}` : `Unwrap ${asset.symbol}`}
      description={
        wraps
          ? `${into.symbol} is ${asset.symbol} that can flow by the second. It can be unwrapped at any time.`
          : `What flows out meanwhile, and buffers of open streams, cannot be unwrapped.`
      }
      consequence={
        units === undefined ? (
          "Write how much."
        ) : (
          <>
            <strong>{formatToken(units, asset, { max: asset.decimals })}</strong> becomes{" "}
            <strong>{formatToken(comes, into)}</strong>, in the same wallet. {asks(!wraps || together)}
          </>
        )
      }
      confirm={wraps ? "Wrap" : "Unwrap"}
      disabled={units === undefined || wrong !== undefined || comes === 0n || together === null}
      state={state}
      onConfirm={() => {
        if (units !== undefined) void submit({ kind, amount: wraps ? comes : units });
      }}
      done={() => null}
    >
      <WrongNetwork />
      <AmountField
        label="Amount"
        asset={asset}
        text={text}
        onText={setText}
        error={wrong}
        hint={
          <>
            Your wallet holds <Amount value={has > 0n ? has : 0n} asset={asset} rounding="down" />
          </>
        }
      />
    </MoneyDialog>
  );
}
