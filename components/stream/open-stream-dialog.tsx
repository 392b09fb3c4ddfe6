"use client";
import Link from "next/link";
import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import type { Faucet } from "@/components/wallet/faucet-button";
import { useBatching } from "@/components/wallet/use-batching";
import { WrongNetwork } from "@/components/wallet/wrong-network";
import { defaultAutoTopUp } from "@/lib/domain/default-auto-top-up";
import { formatDuration, formatRate, formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { ProviderView } from "@/lib/market/provider-row";
import { paths } from "@/lib/paths";
import type { WalletView } from "@/lib/streams/get-wallet";
import type { StreamView } from "@/lib/streams/stream-view";
import { proposedAmount, readAmount } from "./amount-field";
import { type OnChain, RUN_TIMES_MS } from "./chain-plan";
import { ChainPlanFacts, ChainPlanLack, isCovered } from "./chain-plan-facts";
import { LedgerConsequence, LedgerFields } from "./ledger-terms";
import { MoneyDialog } from "./money-dialog";
import { isRelayed, useChainOpening } from "./use-chain-opening";
import { useChainPlan } from "./use-chain-plan";
import { useMoneyAction } from "./use-money-action";

export type OpenStream = (input: unknown) => Promise<ActionResult<StreamView>>;

type Props = {
  provider: ProviderView;
  initialTier: string;
  wallet: WalletView;
  faucet: Faucet | null;
  send: OpenStream;
  onChain: OnChain;
  onClose: () => void;
};

const railNames = { streampay: "StreamPay", superfluid: "Superfluid" };
const DAY_MS = 86_400_000n;

/** Chooses where the money sits, a tier and how much, says what will happen to the money, and opens the stream. */
export function OpenStreamDialog({ provider, initialTier, wallet, faucet, send, onChain, onClose }: Props) {
  const { asset, tiers } = provider;
  const [railId, setRailId] = useState("ledger");
  const [tierName, setTierName] = useState(initialTier);
  const [durationMs, setDurationMs] = useState(DAY_MS);
  const tier = tiers.find(({ name }) => name === tierName) ?? tiers[0];
  const [text, setText] = useState(() => proposedAmount(tier?.requiredDeposit ?? 0n, asset));
  const [autoTopUp, setAutoTopUp] = useState(false);
  const rail = onChain.rails.find(({ id }) => id === railId);
  const onLedger = useMoneyAction(send);
  const together = useBatching(rail !== undefined);
  const opening = useChainOpening(onChain, `Open a stream to ${provider.name}`);
  const terms = { providerId: provider.id, tier: tierName, durationMs };
  const { plan, problem, refresh } = useChainPlan(onChain.plan, { ...terms, rail: rail?.id ?? null });
  const refused = opening.state.phase === "refused" ? opening.state : null;
  // What was planned may be why it was refused: the next try goes by what the wallet holds then.
  useEffect(() => {
    if (refused) refresh();
  }, [refused, refresh]);
  if (!tier) return null;

  const relayed = plan !== null && isRelayed(plan, onChain.relays);
  const { units } = readAmount(text, asset);
  const wrong =
    units === undefined
      ? undefined
      : units < tier.requiredDeposit
        ? `This tier asks for at least ${formatToken(tier.requiredDeposit, asset, { rounding: "up" })}.`
        : units > wallet.balance
          ? "That is more than your wallet holds."
          : undefined;
  const state = rail ? opening.state : onLedger.state;
  const busy = state.phase !== "asking" && state.phase !== "refused";

  function chooseTier(name: string) {
    setTierName(name);
    setText(proposedAmount(tiers.find((other) => other.name === name)?.requiredDeposit ?? 0n, asset));
  }

  function confirm() {
    if (rail) {
      if (plan) void opening.submit({ ...terms, rail: rail.id }, plan, together === true);
    } else if (units !== undefined && tier) {
      const rule = autoTopUp ? { ...defaultAutoTopUp(tier.rate), expiresMs: null } : null;
      void onLedger.submit({ providerId: provider.id, tier: tier.name, deposit: units, autoTopUp: rule });
    }
  }

  return (
    <MoneyDialog<{ id: string; funded?: bigint }>
      open
      onOpenChange={(open) => open || onClose()}
      title="Open a stream"
      description={`To ${provider.name}. It starts at once and you can close it at any second.`}
      consequence={
        !rail ? (
          <LedgerConsequence units={units} tier={tier} provider={provider} autoTopUp={autoTopUp} />
        ) : plan ? (
          <ChainPlanFacts plan={plan} relayed={relayed} together={together} />
        ) : problem ? (
          "What it asks is not known yet."
        ) : (
          `Asking ${rail.network} what this takes…`
        )
      }
      confirm="Open stream"
      disabled={
        rail
          ? !plan || together === null || !isCovered(plan, relayed)
          : units === undefined || wrong !== undefined
      }
      state={state}
      opensOnChain={rail !== undefined}
      onConfirm={confirm}
      done={({ id, funded }) => (
        <>
          {funded === undefined
            ? `The stream is active: ${rail?.symbol} flows to ${provider.name}.`
            : `${formatToken(funded, asset)} is locked and flows to ${provider.name}.`}{" "}
          <Link href={paths.stream(id)} className="font-medium text-ink underline underline-offset-4">
            Watch the stream
          </Link>
        </>
      )}
    >
      <fieldset disabled={busy} className="contents">
        {onChain.rails.length > 0 ? (
          <Field label="Where the money sits" required plain>
            {(control) => (
              <Select {...control} value={railId} onChange={(event) => setRailId(event.target.value)}>
                <option value="ledger">Superstream’s ledger</option>
                {onChain.rails.map(({ id, symbol, network }) => (
                  <option key={id} value={id}>
                    {railNames[id]} ({symbol}, on {network})
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
        <Field label="Tier" required plain>
          {(control) => (
            <Select {...control} value={tier.name} onChange={(event) => chooseTier(event.target.value)}>
              {tiers.map((choice) => (
                <option key={choice.name} value={choice.name}>
                  {choice.name}: {formatRate(choice.rate, asset)}, {choice.maxRequestsPerHour} calls an hour
                </option>
              ))}
            </Select>
          )}
        </Field>
        {rail ? (
          <Field label="How long the money shall last" required plain>
            {(control) => (
              <Select
                {...control}
                value={durationMs.toString()}
                onChange={(event) => setDurationMs(BigInt(event.target.value))}
              >
                {RUN_TIMES_MS.map((ms) => (
                  <option key={ms} value={ms.toString()}>
                    {formatDuration(ms)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : (
          <LedgerFields
            {...{ asset, tier, wallet, faucet, text, autoTopUp }}
            error={wrong}
            onText={setText}
            onAutoTopUp={setAutoTopUp}
          />
        )}
      </fieldset>
      {rail ? <WrongNetwork /> : null}
      {rail && problem ? (
        <Notice tone="warn" title={problem.title}>
          {problem.detail}
        </Notice>
      ) : null}
      {rail && plan ? (
        <ChainPlanLack plan={plan} relayed={relayed} faucet={faucet} onFilled={refresh} />
      ) : null}
    </MoneyDialog>
  );
}
