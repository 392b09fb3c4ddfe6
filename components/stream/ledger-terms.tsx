"use client";
import { Amount } from "@/components/ui/amount";
import { Notice } from "@/components/ui/notice";
import { type Faucet, FaucetButton } from "@/components/wallet/faucet-button";
import type { Asset } from "@/lib/domain/asset";
import { defaultAutoTopUp } from "@/lib/domain/default-auto-top-up";
import { amountOver, timeFor } from "@/lib/domain/rate";
import { formatDuration, formatRate, formatToken } from "@/lib/format";
import type { ProviderView, TierView } from "@/lib/market/provider-row";
import type { WalletView } from "@/lib/streams/get-wallet";
import { AmountField } from "./amount-field";

type FieldsProps = {
  asset: Asset;
  tier: TierView;
  wallet: WalletView;
  faucet: Faucet | null;
  text: string;
  error: string | undefined;
  autoTopUp: boolean;
  onText: (text: string) => void;
  onAutoTopUp: (on: boolean) => void;
};

/** What is chosen for a stream on the ledger: how much is locked, and whether it is topped up. */
export function LedgerFields(props: FieldsProps) {
  const { asset, tier, wallet, faucet, text, error, autoTopUp, onText, onAutoTopUp } = props;
  const rule = defaultAutoTopUp(tier.rate);
  return (
    <>
      <AmountField
        label="Deposit"
        asset={asset}
        text={text}
        onText={onText}
        error={error}
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
          onChange={(event) => onAutoTopUp(event.target.checked)}
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
    </>
  );
}

type ConsequenceProps = {
  /** What is locked; undefined while that is not written. */
  units: bigint | undefined;
  tier: TierView;
  provider: ProviderView;
  autoTopUp: boolean;
};

/** What happens to the money of a stream on the ledger, in one sentence. */
export function LedgerConsequence({ units, tier, provider: { asset, name }, autoTopUp }: ConsequenceProps) {
  if (units === undefined) return "Write how much to lock.";
  const rule = defaultAutoTopUp(tier.rate);
  const chunk = amountOver(tier.rate, rule.chunkMs, "ceil");
  return (
    <>
      <strong>{formatToken(units, asset)}</strong> leaves your wallet and is locked. It flows to {name} at{" "}
      {formatRate(tier.rate, asset)} and lasts {formatDuration(timeFor(tier.rate, units))}
      {autoTopUp
        ? `; with ${formatDuration(rule.triggerMs)} left, ${formatToken(chunk, asset, { rounding: "up" })} more is locked`
        : ""}
      . When you close, you get back what is not used.
    </>
  );
}
