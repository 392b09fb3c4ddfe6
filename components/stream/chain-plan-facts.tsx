"use client";
import { Amount } from "@/components/ui/amount";
import { Fact } from "@/components/ui/fact";
import { Notice } from "@/components/ui/notice";
import { type Faucet, FaucetButton } from "@/components/wallet/faucet-button";
import { formatDuration, formatToken } from "@/lib/format";
import type { StreamPlan } from "@/lib/streams/plan-stream";

/** How it is signed: once for the market to send it, or by a wallet that makes one transaction of several calls. Null: not known yet. */
type Signed = { relayed: boolean; together: boolean | null };

/** What opening asks, line by line, before the wallet does. */
export function ChainPlanFacts({ plan, relayed, together }: Signed & { plan: StreamPlan }) {
  const { rail, asset, deposit, costPerDay, runwayMs, shortestWorthMs, gas, wrap, balances } = plan;
  const flow = rail === "superfluid";
  return (
    <>
      <dl className="grid gap-1.5">
        <Fact label={flow ? "Buffer, comes back" : "Locked"}>
          <Amount value={deposit} asset={asset} rounding="up" />
        </Fact>
        {wrap > 0n ? (
          <Fact label="Wrapped for it">
            <Amount value={wrap} asset={asset} rounding="up" />
          </Fact>
        ) : null}
        <Fact label="Costs a day">
          <Amount value={costPerDay} asset={asset} rounding="up" />
        </Fact>
        <Fact label="Lasts">
          {runwayMs === null ? "as long as as much comes in" : formatDuration(runwayMs)}
        </Fact>
        {relayed ? <Fact label="Gas">paid by the market</Fact> : null}
        {gas && !relayed ? (
          <Fact label={isTogether(plan, together) ? "Gas, about" : "Gas, at most"}>
            <Amount value={gas.amount} asset={gas} digits={8} rounding="up" />
          </Fact>
        ) : null}
        {shortestWorthMs ? <Fact label="Worth its gas from">{formatDuration(shortestWorthMs)}</Fact> : null}
        {balances ? (
          <Fact label="You have">
            <Amount value={balances.token} asset={asset} rounding="down" />
          </Fact>
        ) : null}
        {plan.prompts === null || together === null ? null : (
          <Fact label="You sign">{relayed ? "once, and it costs nothing" : promptsOf(plan, together)}</Fact>
        )}
      </dl>
      <p className="mt-3 border-line border-t pt-3">{plan.atEnd}</p>
    </>
  );
}

/** What keeps the wallet from doing it: money that is not there, or coin for gas. */
export function ChainPlanLack({
  plan,
  relayed,
  faucet,
  onFilled,
}: {
  plan: StreamPlan;
  relayed: boolean;
  faucet: Faucet | null;
  onFilled: () => void;
}) {
  const { missing } = plan;
  const coin = !relayed && lacksCoin(plan);
  if (!missing && !coin) return null;
  return (
    <Notice tone="warn" title="Your wallet cannot cover this yet">
      <p>
        {missing ? `It needs ${formatToken(missing.amount, missing, { rounding: "up" })} more. ` : null}
        {coin && plan.gas ? `It has too little ${plan.gas.symbol} to pay for gas. ` : null}
        {faucet ? "This is a devnet: the faucet gives you play money." : null}
      </p>
      {faucet ? <FaucetButton faucet={faucet} onFilled={onFilled} className="mt-2" /> : null}
    </Notice>
  );
}

/** Whether a wallet that signs this now is not refused for lack of money. */
export function isCovered(plan: StreamPlan, relayed: boolean): boolean {
  return !plan.missing && (relayed || !lacksCoin(plan)) && plan.calls.length > 0;
}

function lacksCoin({ balances, gas }: StreamPlan): boolean {
  return balances !== null && gas !== null && balances.coin !== null && balances.coin < gas.amount;
}

function isTogether({ calls }: StreamPlan, together: boolean | null): boolean {
  return together === true && calls.length > 1;
}

function promptsOf(plan: StreamPlan, together: boolean): string {
  const { permit, prompts } = plan;
  if (isTogether(plan, together)) return "once: your wallet makes it 1 transaction";
  if (permit) return "a permit, which costs nothing, then 1 transaction";
  return prompts === 1 ? "1 transaction" : `${prompts} transactions`;
}
