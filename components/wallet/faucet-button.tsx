"use client";
import { Droplets } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { toast } from "sonner";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { Button } from "@/components/ui/button";
import { formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { WalletView } from "@/lib/streams/get-wallet";

export type Faucet = (input: unknown) => Promise<ActionResult<WalletView>>;

/** Play money for the wallet, on devnet. */
export function FaucetButton({ faucet, className }: { faucet: Faucet; className?: string }) {
  const router = useRouter();
  const { state, submit } = useMoneyAction(faucet);

  useEffect(() => {
    if (state.phase === "confirmed") {
      toast.success(
        `Your wallet holds ${formatToken(state.value.balance, state.value.asset)} of play money.`,
      );
      router.refresh();
    }
    if (state.phase === "refused") toast.error(state.problem.detail);
  }, [state, router]);

  return (
    <Button className={className} busy={state.phase === "sent"} onClick={() => void submit({})}>
      <Droplets aria-hidden /> Get play money
    </Button>
  );
}
