"use client";
import { type ReactNode, useState } from "react";
import type { OnChain } from "@/components/stream/chain-plan";
import { type OpenStream, OpenStreamDialog } from "@/components/stream/open-stream-dialog";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import type { Faucet } from "@/components/wallet/faucet-button";
import { useSession } from "@/components/wallet/session-provider";
import { formatDuration } from "@/lib/format";
import type { ProviderView } from "@/lib/market/provider-row";
import type { WalletView } from "@/lib/streams/get-wallet";
import { Price } from "./price";

type Props = {
  provider: ProviderView;
  wallet: WalletView | null;
  faucet: Faucet | null;
  openStream: OpenStream;
  onChain: OnChain;
};

/** The tiers of a provider side by side, each with the way into a stream. */
export function TierCards({ provider, wallet, faucet, openStream, onChain }: Props) {
  const { asset, tiers, depositMs } = provider;
  const { openSignIn } = useSession();
  const [chosen, setChosen] = useState<string | null>(null);

  return (
    <>
      <ul aria-label="Tiers" className="grid gap-3 sm:grid-cols-3">
        {tiers.map((tier) => (
          <li
            key={tier.name}
            className="flex flex-col overflow-hidden rounded-xl border border-line bg-card shadow-card"
          >
            <div className="px-4 pt-4 pb-3">
              <h3 className="font-medium text-sm capitalize">{tier.name}</h3>
              <p className="figure mt-2 font-semibold text-3xl">
                <Price rate={tier.rate} asset={asset} per="day" />
              </p>
              <p className="text-sm text-soft">{asset.symbol} a day</p>
              <p className="caption mt-1.5">
                <Price rate={tier.rate} asset={asset} per="hour" /> an hour
                <br />
                <Price rate={tier.rate} asset={asset} per="second" /> a second
              </p>
            </div>
            <dl className="grid gap-1.5 border-line border-t bg-sunken/60 px-4 py-3 text-sm">
              <Line label="Calls an hour">{tier.maxRequestsPerHour.toLocaleString("en")}</Line>
              <Line label="Queue">{queueWords[tier.priority]}</Line>
              <Line label={`Deposit, ${formatDuration(depositMs)}`}>
                <Amount value={tier.requiredDeposit} asset={asset} digits={4} rounding="up" symbol={false} />
              </Line>
            </dl>
            <div className="mt-auto p-4 pt-3">
              <Button
                tone={tier.name === "professional" ? "flow" : "plain"}
                className="w-full"
                aria-label={`Open a stream, ${tier.name} tier`}
                disabled={!provider.active}
                onClick={() => (wallet ? setChosen(tier.name) : openSignIn())}
              >
                Open a stream
              </Button>
            </div>
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
          onChain={onChain}
          onClose={() => setChosen(null)}
        />
      ) : null}
    </>
  );
}

/** What a priority is when more calls wait than the provider takes at once. */
const queueWords = { normal: "normal", high: "ahead", critical: "first" } as const;

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="text-soft">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}
