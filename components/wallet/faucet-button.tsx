"use client";
import { Droplets } from "lucide-react";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { useMoneyAction } from "@/components/stream/use-money-action";
import { Button } from "@/components/ui/button";
import { formatToken } from "@/lib/format";
import type { ActionResult } from "@/lib/http/action";
import type { WalletView } from "@/lib/streams/get-wallet";

export type Faucet = (input: unknown) => Promise<ActionResult<WalletView>>;

type Props = {
  faucet: Faucet;
  /** Told when there is money, for what was asked before and is not part of the page. */
  onFilled?: () => void;
  className?: string;
};

/** Play money for the wallet, on devnet. */
export function FaucetButton({ faucet, onFilled, className }: Props) {
  const router = useRouter();
  const { state, submit } = useMoneyAction(faucet);

  async function take() {
    const ended = await submit({});
    if (ended.phase === "confirmed") {
      const { balance, asset } = ended.value;
      toast.success(`Your wallet holds ${formatToken(balance, asset)} of play money.`);
      onFilled?.();
      router.refresh();
    }
    if (ended.phase === "refused") toast.error(ended.problem.detail);
  }

  return (
    <Button className={className} busy={state.phase === "sent"} onClick={() => void take()}>
      <Droplets aria-hidden /> Get play money
    </Button>
  );
}
