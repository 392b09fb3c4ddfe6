"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useSession } from "./session-provider";
import { useWalletChain } from "./use-wallet-chain";

/** Says that the wallet is on another chain than the site, and takes it there. Nothing while it is on the right one. */
export function WrongNetwork() {
  const { network } = useSession();
  const { state, chain, switchWallet } = useWalletChain();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  if (state !== "wrong") return null;

  async function ask() {
    setBusy(true);
    setRefusal(await switchWallet());
    setBusy(false);
  }

  return (
    <Notice tone="warn" title={`Your wallet is on ${chain?.name}`}>
      <p>Money moves on {network.name} here, and the wallet signs for it only when it is there too.</p>
      <Button size="sm" className="mt-2" busy={busy} onClick={() => void ask()}>
        Switch to {network.name}
      </Button>
      {refusal ? (
        <p role="alert" className="mt-2">
          {refusal}
        </p>
      ) : null}
    </Notice>
  );
}
