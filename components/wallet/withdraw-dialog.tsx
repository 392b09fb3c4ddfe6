"use client";
import { useState } from "react";
import { AmountField, readAmount } from "@/components/stream/amount-field";
import { MoneyDialog } from "@/components/stream/money-dialog";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { formatAmount, formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { Withdrawal } from "@/lib/mpp/withdrawals/find-withdrawal";
import type { Withdrawable } from "@/lib/mpp/withdrawals/read-withdrawable";

export type Withdraw = (input: unknown) => Promise<ActionResult<Withdrawal>>;

type Props = { of: Withdrawable; withdraw: Withdraw; onClose: () => void };

/** Asks how much, and says what will happen to it before it does. */
export function WithdrawDialog({ of: { asset, token, available, minimum }, withdraw, onClose }: Props) {
  const [text, setText] = useState("");
  const { state, submit } = useMoneyAction<{ amount: bigint }, Withdrawal>(withdraw);
  // Typed in the token's digits: what it cannot hold cannot be asked for.
  const { units } = readAmount(text, token);
  const scale = 10n ** BigInt(asset.decimals - token.decimals);
  const amount = units === undefined ? undefined : units * scale;
  const wrong =
    amount === undefined
      ? undefined
      : amount > available
        ? "That is more than can be withdrawn now."
        : amount < minimum
          ? `The least is ${formatToken(minimum, asset)}.`
          : undefined;

  return (
    <MoneyDialog<Withdrawal>
      open
      onOpenChange={(open) => open || onClose()}
      title={`Withdraw ${token.symbol}`}
      description={`Your balance here becomes ${token.symbol} on the chain, at the address that you are signed in with.`}
      consequence={
        units === undefined || amount === undefined ? (
          "Write how much."
        ) : (
          <>
            <strong>{formatToken(amount, asset)}</strong> leave your balance at once, and{" "}
            <strong>{formatToken(units, token)}</strong> are sent to your address. The market pays the gas. It
            cannot be stopped after that; what the chain does not take in time comes back by itself.
          </>
        )
      }
      confirm="Withdraw"
      disabled={amount === undefined || wrong !== undefined}
      state={state}
      onConfirm={() => {
        if (amount !== undefined) void submit({ amount });
      }}
      done={({ amount: paid, state: now }) => (
        <>
          <strong>{formatToken(paid, token)}</strong>{" "}
          {now === "waiting" ? "will be sent" : "are on their way"}. This page shows how far they have come.
          You may leave.
        </>
      )}
    >
      <AmountField
        label="Amount"
        asset={token}
        text={text}
        onText={setText}
        error={wrong}
        hint={
          <>
            <Amount value={available} asset={asset} rounding="down" /> can be withdrawn.{" "}
            <Button
              type="button"
              size="sm"
              tone="quiet"
              onClick={() => setText(formatAmount(available / scale, { decimals: token.decimals }))}
            >
              All of it
            </Button>
          </>
        }
      />
    </MoneyDialog>
  );
}
