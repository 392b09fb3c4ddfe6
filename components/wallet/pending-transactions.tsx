"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { toast } from "sonner";
import type { Hex } from "viem";
import { forgetCall, type PendingCall, pendingCalls } from "./pending-calls";
import { useSession } from "./session-provider";

/** React may run an effect twice, and a person be followed once. */
const followed = new Set<Hex>();

/** After a reload: follows what this browser sent before, and tells how it ended. Shows nothing by itself. */
export function PendingTransactions() {
  const { network, address } = useSession();
  const router = useRouter();
  useEffect(() => {
    let gone = false;
    const mine = pendingCalls().filter(
      ({ chainId, account, hash }) =>
        chainId === network.chainId &&
        account.toLowerCase() === address?.toLowerCase() &&
        !followed.has(hash),
    );
    for (const call of mine) {
      followed.add(call.hash);
      void follow(call).then((done) => {
        if (done && !gone) router.refresh();
      });
    }
    async function follow({ hash, what }: PendingCall): Promise<boolean> {
      const { CallFailed, waitForCall } = await import("./send-calls");
      const id = toast.loading(`${what}: sent, not confirmed yet`);
      try {
        await waitForCall(network, hash, (confirmations) => {
          const stands =
            confirmations === 0
              ? "sent, not confirmed yet"
              : `${confirmations} of ${network.confirmations} confirmations`;
          toast.loading(`${what}: ${stands}`, { id });
        });
        toast.success(`${what}: confirmed`, { id });
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        toast.error(`${what}: ${error.title}`, { id, description: error.message });
        if (error.sent?.open) return false;
      }
      forgetCall(hash);
      return true;
    }
    return () => {
      gone = true;
    };
  }, [address, network, router]);
  return null;
}
