"use client";
import { useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { LocalTime } from "@/components/ui/local-time";
import type { Withdrawal, WithdrawalState } from "@/lib/mpp/withdrawals/find-withdrawal";
import type { Withdrawable } from "@/lib/mpp/withdrawals/read-withdrawable";
import { TransactionLink } from "./transaction-link";
import { type Withdraw, WithdrawDialog } from "./withdraw-dialog";

type Props = { withdrawable: Withdrawable; withdrawals: readonly Withdrawal[]; withdraw: Withdraw };

/** What of the balance on the ledger can leave it, the way to do it, and how far the last ones have come. */
export function WithdrawPanel({ withdrawable, withdrawals, withdraw }: Props) {
  const { asset, token, available, balance, backing, minimum } = withdrawable;
  // A dialog keeps the figures as they were when it was opened.
  const [shown, setShown] = useState<Withdrawable | null>(null);
  return (
    <Card aria-labelledby="withdraw" className="mt-5">
      <CardHeader>
        <CardTitle id="withdraw">Take out to the chain</CardTitle>
        <Button size="sm" disabled={available < minimum} onClick={() => setShown(withdrawable)}>
          Withdraw {token.symbol}
        </Button>
      </CardHeader>
      <CardBody className="grid gap-4">
        <p className="max-w-prose text-sm text-soft">
          <strong className="text-ink">
            <Amount value={available} asset={asset} rounding="down" />
          </strong>{" "}
          can be withdrawn as {token.symbol} to your own address now.{" "}
          {backing < balance
            ? "Only credit that payments on the chain have bought can go back there, and no more of it is left. Play money can be spent in streams alone."
            : available < minimum
              ? "That is less than is worth its gas: a tenth of a dollar."
              : null}
        </p>
        {withdrawals.length > 0 ? (
          <ul aria-label="Withdrawals" className="grid gap-2">
            {withdrawals.map((one) => (
              <li key={one.id} className="rounded-lg bg-sunken px-4 py-2.5 text-sm">
                <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                  <span className="font-medium">
                    <Amount value={one.amount} asset={one.token} />
                  </span>
                  <span className="text-soft">
                    <LocalTime ms={one.createdMs} />
                  </span>
                  <Badge tone={TONES[one.state]}>{NAMES[one.state]}</Badge>
                </div>
                <p className="mt-1 text-faint text-xs">
                  <Progress of={one} />
                  {one.transaction && one.state !== "returned" ? (
                    <TransactionLink hash={one.transaction} />
                  ) : null}
                </p>
              </li>
            ))}
          </ul>
        ) : null}
      </CardBody>
      {shown ? <WithdrawDialog of={shown} withdraw={withdraw} onClose={() => setShown(null)} /> : null}
    </Card>
  );
}

const NAMES: Readonly<Record<WithdrawalState, string>> = {
  waiting: "Waiting",
  sent: "Sent",
  confirmed: "Arrived",
  paid: "Paid",
  failed: "Not taken",
  returned: "Returned",
};
const TONES: Readonly<Record<WithdrawalState, "plain" | "flow" | "warn">> = {
  waiting: "plain",
  sent: "plain",
  confirmed: "flow",
  paid: "flow",
  failed: "warn",
  returned: "plain",
};

function Progress({ of: { state, untilMs, trouble } }: { of: Withdrawal }) {
  switch (state) {
    case "waiting":
    case "sent":
      return (
        <>
          {state === "sent" ? "In no block yet. " : "Not sent yet. "}
          {trouble ? `${trouble} ` : null}It is paid by <LocalTime ms={untilMs} style="time" />, or comes back
          here.{" "}
        </>
      );
    case "confirmed":
      return <>The chain has it. A few more blocks, and it is for good. </>;
    case "failed":
      return (
        <>
          The chain did not take it{trouble ? `: ${trouble}` : "."} It comes back here soon after{" "}
          <LocalTime ms={untilMs} style="time" />, once the chain shows for good that it was not paid.{" "}
        </>
      );
    case "returned":
      return <>The chain did not take it in time. It is back in your balance. </>;
    case "paid":
      return null;
  }
}
