"use client";
import { ChevronDown, LogOut } from "lucide-react";
import { Popover } from "radix-ui";
import { Amount } from "@/components/ui/amount";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import type { WalletView } from "@/lib/streams/get-wallet";
import { type Faucet, FaucetButton } from "./faucet-button";
import { useSession } from "./session-provider";
import { ShortAddress } from "./short-address";

type Props = { wallet: WalletView | null; faucet: Faucet | null };

/** Who is signed in and what they have; or the way in. */
export function AccountMenu({ wallet, faucet }: Props) {
  const { openSignIn, signOut } = useSession();
  if (!wallet)
    return (
      <Button tone="flow" size="sm" onClick={openSignIn}>
        Sign in
      </Button>
    );

  const { address, balance, inStreams, asset } = wallet;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button size="sm" aria-label={`Account ${address}`}>
          <span className="max-sm:hidden">
            <Amount value={balance} asset={asset} digits={2} />
          </span>
          <span aria-hidden className="h-4 w-px bg-line-strong max-sm:hidden" />
          <ShortAddress address={address} />
          <ChevronDown aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          aria-label="Your account"
          // A wallet's dialog gives the focus back when it closes: that is nobody leaving this one.
          onFocusOutside={(event) => event.preventDefault()}
          className="z-40 w-72 animate-appear rounded-xl border border-line bg-card p-4 shadow-over"
        >
          <p className="flex items-center justify-between text-sm text-soft">
            <ShortAddress address={address} />
            <CopyButton text={address} label="Copy the address" />
          </p>
          <dl className="mt-3 grid gap-1.5 text-sm">
            <div className="flex justify-between gap-3">
              <dt className="text-soft">In the wallet</dt>
              <dd className="font-medium">
                <Amount value={balance} asset={asset} />
              </dd>
            </div>
            <div className="flex justify-between gap-3">
              <dt className="text-soft">In streams</dt>
              <dd>
                <Amount value={inStreams} asset={asset} />
              </dd>
            </div>
          </dl>
          {faucet ? <FaucetButton faucet={faucet} className="mt-4 w-full" /> : null}
          <Button tone="quiet" className="mt-2 w-full" onClick={() => void signOut()}>
            <LogOut aria-hidden /> Sign out
          </Button>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
