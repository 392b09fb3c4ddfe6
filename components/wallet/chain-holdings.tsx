"use client";
import { type ReactNode, useMemo, useState } from "react";
import { LiveAmount } from "@/components/stream/live-amount";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { formatToken } from "@/lib/format";
import type { ChainWallet } from "@/lib/rails/superfluid/read-chain-wallet";
import type { PlanChange } from "./use-signed-change";
import { WrapDialog } from "./wrap-dialog";

/** What the signed-in account has on the chain. What streams moves by itself, from (balance, net flow, time of the block). */
export function ChainHoldings({ wallet, plan }: { wallet: ChainWallet; plan: PlanChange }) {
  const { network, coin, underlying, superToken } = wallet;
  const { available, netPerSecond } = superToken.balance;
  const [open, setOpen] = useState<"wrap" | "unwrap" | null>(null);
  // A dialog keeps the wallet as it was when it was opened.
  const [shown, setShown] = useState(wallet);
  const show = (kind: "wrap" | "unwrap") => () => {
    setShown(wallet);
    setOpen(kind);
  };
  const perDay = (netPerSecond < 0n ? -netPerSecond : netPerSecond) * 86_400n;

  return (
    <Card aria-labelledby="chain-holdings" className="mt-5">
      <CardHeader>
        <CardTitle id="chain-holdings">On {network}</CardTitle>
        <div className="flex gap-2">
          <Button size="sm" disabled={underlying.amount === 0n} onClick={show("wrap")}>
            Wrap {underlying.asset.symbol}
          </Button>
          <Button size="sm" disabled={available <= 0n} onClick={show("unwrap")}>
            Unwrap {superToken.asset.symbol}
          </Button>
        </div>
      </CardHeader>
      <CardBody className="grid gap-4">
        {available < 0n ? (
          <Notice tone="stop" title="Your balance is spent">
            Your streams flow out of their buffers, and others may close them and keep these. Wrap{" "}
            {underlying.asset.symbol}, or close streams.
          </Notice>
        ) : null}
        <dl className="grid gap-4 sm:grid-cols-3">
          <Holding
            label={superToken.asset.symbol}
            note={
              netPerSecond === 0n
                ? "Nothing flows in or out."
                : `${netPerSecond < 0n ? "Flows out" : "Flows in"}, on balance: ${formatToken(perDay, superToken.asset, { rounding: "up" })} a day.`
            }
          >
            <MovingBalance wallet={wallet} />
          </Holding>
          <Holding
            label={underlying.asset.symbol}
            note={`For StreamPay, or to wrap into ${superToken.asset.symbol}.`}
          >
            <Amount value={underlying.amount} asset={underlying.asset} rounding="down" symbol={false} />
          </Holding>
          <Holding label={coin.asset.symbol} note="Pays for gas.">
            <Amount value={coin.amount} asset={coin.asset} rounding="down" symbol={false} />
          </Holding>
        </dl>
      </CardBody>
      {open ? <WrapDialog kind={open} wallet={shown} plan={plan} onClose={() => setOpen(null)} /> : null}
    </Card>
  );
}

/** Far above any balance: what flows in has no end. */
const NO_CEILING = 1n << 128n;

function MovingBalance({ wallet: { superToken, serverNowMs } }: { wallet: ChainWallet }) {
  const { asset, balance } = superToken;
  const { available, netPerSecond, atMs } = balance;
  const out = netPerSecond < 0n;
  const floor = available > 0n ? available : 0n;
  const anchor = useMemo(
    () => ({
      ...{ accruedNum: 0n, accruedDen: 1n, atMs },
      rate: { amount: out ? -netPerSecond : netPerSecond, periodMs: 1_000n },
      ceiling: out ? floor : NO_CEILING,
      running: netPerSecond !== 0n,
    }),
    [out, netPerSecond, atMs, floor],
  );
  return (
    <LiveAmount
      label={`${asset.symbol} balance`}
      anchor={anchor}
      sign={out ? -1 : 1}
      plus={floor}
      serverNowMs={serverNowMs}
      asset={asset}
      digits={9}
    />
  );
}

function Holding({ label, note, children }: { label: string; note: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-soft">{label}</dt>
      <dd className="mt-1 font-semibold text-xl tracking-tight">{children}</dd>
      <dd className="mt-1 text-faint text-xs">{note}</dd>
    </div>
  );
}
