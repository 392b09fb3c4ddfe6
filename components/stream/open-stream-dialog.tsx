"use client";
import Link from "next/link";
import { useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { type Faucet, FaucetButton } from "@/components/wallet/faucet-button";
import { defaultAutoTopUp } from "@/lib/domain/default-auto-top-up";
import { amountOver, timeFor } from "@/lib/domain/rate";
import { formatDuration, formatRate, formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { ProviderView } from "@/lib/market/provider-row";
import { paths } from "@/lib/paths";
import type { WalletView } from "@/lib/streams/get-wallet";
import type { StreamView } from "@/lib/streams/stream-view";
import { AmountField, proposedAmount, readAmount } from "./amount-field";
import { MoneyDialog } from "./money-dialog";
import { useMoneyAction } from "./use-money-action";

export type OpenStream = (input: unknown) => Promise<ActionResult<StreamView>>;

type Props = {
  provider: ProviderView;
  initialTier: string;
  wallet: WalletView;
  faucet: Faucet | null;
  send: OpenStream;
  onClose: () => void;
};

/** Chooses a tier and a deposit, says what will happen to the money, and opens the stream. */
export function OpenStreamDialog({ provider, initialTier, wallet, faucet, send, onClose }: Props) {
  const { asset, tiers } = provider;
  const [tierName, setTierName] = useState(initialTier);
  const tier = tiers.find(({ name }) => name === tierName) ?? tiers[0];
  const [text, setText] = useState(() => depositText(tier?.requiredDeposit ?? 0n));
  const [autoTopUp, setAutoTopUp] = useState(false);
  const { state, submit } = useMoneyAction(send);
  if (!tier) return null;

  const { units } = readAmount(text, asset);
  const wrong =
    units === undefined
      ? undefined
      : units < tier.requiredDeposit
        ? `This tier asks for at least ${formatToken(tier.requiredDeposit, asset, { rounding: "up" })}.`
        : units > wallet.balance
          ? "That is more than your wallet holds."
          : undefined;
  const rule = defaultAutoTopUp(tier.rate);
  const chunk = amountOver(tier.rate, rule.chunkMs, "ceil");

  function depositText(deposit: bigint): string {
    return proposedAmount(deposit, asset);
  }

  function chooseTier(name: string) {
    setTierName(name);
    setText(depositText(tiers.find((other) => other.name === name)?.requiredDeposit ?? 0n));
  }

  return (
    <MoneyDialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Open a stream"
      description={`To ${provider.name}. It starts at once and you can close it at any second.`}
      consequence={
        units === undefined ? (
          "Write how much to lock."
        ) : (
          <>
            <strong>{formatToken(units, asset)}</strong> leaves your wallet and is locked. It flows to{" "}
            {provider.name} at {formatRate(tier.rate, asset)} and lasts{" "}
            {formatDuration(timeFor(tier.rate, units))}
            {autoTopUp
              ? `; with ${formatDuration(rule.triggerMs)} left, ${formatToken(chunk, asset, { rounding: "up" })} more is locked`
              : ""}
            . When you close, you get back what is not used.
          </>
        )
      }
      confirm="Open stream"
      disabled={units === undefined || wrong !== undefined}
      state={state}
      onConfirm={() => {
        if (units === undefined) return;
        void submit({
          providerId: provider.id,
          tier: tier.name,
          deposit: units,
          autoTopUp: autoTopUp ? { ...rule, expiresMs: null } : null,
        });
      }}
      done={(stream) => (
        <>
          <Amount value={stream.funded} asset={asset} /> is locked and flows to {provider.name}.{" "}
          <Link href={paths.stream(stream.id)} className="font-medium text-ink underline underline-offset-4">
            Watch the stream
          </Link>
        </>
      )}
    >
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
      <AmountField
        label="Deposit"
        asset={asset}
        text={text}
        onText={setText}
        error={wrong}
        hint={
          <>
            Your wallet holds <Amount value={wallet.balance} asset={asset} />
          </>
        }
      />
      <label className="flex cursor-pointer items-start gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={autoTopUp}
          onChange={(event) => setAutoTopUp(event.target.checked)}
          className="mt-0.5 size-4 shrink-0 accent-flow"
        />
        <span>
          <span className="font-medium">Top up automatically</span>
          <span className="block text-faint text-xs">
            Adds {formatDuration(rule.chunkMs)} whenever less than {formatDuration(rule.triggerMs)} is left,
            at most {formatToken(rule.dailyMax, asset, { rounding: "up" })} a day.
          </span>
        </span>
      </label>
      {wallet.balance < tier.requiredDeposit && faucet ? (
        <Notice tone="warn" title="Your wallet cannot cover this yet">
          <p>This is a devnet: the faucet gives you play money.</p>
          <FaucetButton faucet={faucet} className="mt-2" />
        </Notice>
      ) : null}
    </MoneyDialog>
  );
}
