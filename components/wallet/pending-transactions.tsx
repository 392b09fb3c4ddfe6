"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { toast } from "sonner";
import { forgetCall, type PendingCall, pendingCalls } from "./pending-calls";
import { useSession } from "./session-provider";

/** React may run an effect twice, and a person be followed once. */
const followed = new Set<string>();

/** After a reload: follows what this browser sent before, and tells how it ended. Shows nothing by itself. */
export function PendingTransactions() {
  const { network, address, demoWallet } = useSession();
  const router = useRouter();
  useEffect(() => {
    let gone = false;
    const mine = pendingCalls().filter(
      ({ chainId, account, id }) =>
        chainId === network.chainId && account.toLowerCase() === address?.toLowerCase() && !followed.has(id),
    );
    for (const call of mine) {
      followed.add(call.id);
      void follow(call).then((over) => {
        if (over && !gone) router.refresh();
      });
    }
    async function follow(call: PendingCall): Promise<boolean> {
      const { followPending } = await import("./follow-pending");
      const { what } = call;
      const toastId = toast.loading(`${what}: not confirmed yet`);
      const batcher = async () => {
        const { walletSigner } = await import("./wallet-signer");
        return (await walletSigner(network, demoWallet))?.batch ?? null;
      };
      const { good, title, detail, over } = await followPending(call, { network, batcher }, (stands) =>
        toast.loading(`${what}: ${stands}`, { id: toastId }),
      );
      const more = { id: toastId, ...(detail ? { description: detail } : {}) };
      if (good) toast.success(`${what}: ${title}`, more);
      else toast.error(`${what}: ${title}`, more);
      if (over) forgetCall(call.id);
      return over;
    }
    return () => {
      gone = true;
    };
  }, [address, network, demoWallet, router]);
  return null;
}
