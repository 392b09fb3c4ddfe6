"use client";
import { type ReactNode, useState } from "react";
import { type OpenStream, OpenStreamDialog } from "@/components/stream/open-stream-dialog";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import type { Faucet } from "@/components/wallet/faucet-button";
import { useSession } from "@/components/wallet/session-provider";
import { toDecimal } from "@/lib/domain/decimal";
import { formatDuration } from "@/lib/format";
import type { ProviderView } from "@/lib/market/provider-row";
import type { WalletView } from "@/lib/streams/get-wallet";

type Props = {
  provider: ProviderView;
  wallet: WalletView | null;
  faucet: Faucet | null;
  openStream: OpenStream;
};

/** The tiers of a provider side by side, each with the way into a stream. */
export function TierCards({ provider, wallet, faucet, openStream }: Props) {
  const { asset, tiers, depositMs } = provider;
  const { openSignIn } = useSession();
  const [chosen, setChosen] = useState<string | null>(null);

  return (
    <>
      <ul aria-label="Tiers" className="grid gap-3 sm:grid-cols-3">
        {tiers.map((tier) => (
          <li key={tier.name} className="flex flex-col rounded-xl border border-line bg-card p-4 shadow-card">
            <h3 className="font-medium text-sm capitalize">{tier.name}</h3>
            <p className="mt-1 font-semibold text-2xl tracking-tight">
              <Amount value={tier.ratePerDay} asset={asset} digits={2} symbol={false} />
              <span className="ml-1 font-normal text-sm text-soft">{asset.symbol} a day</span>
            </p>
            <p className="text-faint text-xs">
              {toDecimal(tier.flowRatePerSecond, asset.decimals, 9, "down")} a second
            </p>
            <dl className="mt-3 mb-4 grid gap-1 text-sm">
              <Line label="Calls an hour">{tier.maxRequestsPerHour.toLocaleString("en")}</Line>
              <Line label="Priority">{tier.priority}</Line>
              <Line label={`Deposit for ${formatDuration(depositMs)}`}>
                <Amount value={tier.requiredDeposit} asset={asset} symbol={false} />
              </Line>
            </dl>
            <Button
              tone={tier.name === "professional" ? "flow" : "plain"}
              className="mt-auto"
              aria-label={`Open a stream, ${tier.name} tier`}
              disabled={!provider.active}
              onClick={() => (wallet ? setChosen(tier.name) : openSignIn())}
            >
              Open a stream
            </Button>
          </li>
        ))}
      </ul>
      {chosen && wallet ? (
        <OpenStreamDialog
          provider={provider}
          initialTier={chosen}
          wallet={wallet}
          faucet={faucet}
          send={openStream}
          onClose={() => setChosen(null)}
        />
      ) : null}
    </>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="text-soft">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
