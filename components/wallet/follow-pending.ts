import type { Hex } from "viem";
import { followRelay } from "@/components/stream/open-by-relay";
import type { WalletNetwork } from "@/lib/chain/network";
import type { PendingCall } from "./pending-calls";
import { CallFailed, waitForBatch, waitForCall } from "./send-calls";
import type { Batcher } from "./signer";

/** How it ended, for the person. `over`: nothing more comes of it, so it may be forgotten. */
export type PendingEnd = {
  good: boolean;
  title: string;
  detail: string | null;
  over: boolean;
};

type Tools = {
  network: WalletNetwork;
  /** The wallet, where it is there without asking the person to connect it. */
  batcher: () => Promise<Batcher | null>;
};

/**
 * Follows what was sent before a reload to its end. Never throws for what the chain or a wallet says.
 *
 * @param say told where it stands meanwhile: "sent, not confirmed yet"
 */
export async function followPending(
  { via, id }: PendingCall,
  { network, batcher }: Tools,
  say: (stands: string) => void,
): Promise<PendingEnd> {
  if (via === "relay") return followOpening(id, say);
  try {
    const hash = via === "batch" ? await transactionOf(id, network, batcher, say) : (id as Hex);
    await waitForCall(network, hash, (confirmations) =>
      say(confirmations === 0 ? SENT : `${confirmations} of ${network.confirmations} confirmations`),
    );
    return { good: true, title: "confirmed", detail: null, over: true };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return { good: false, title: error.title, detail: error.message, over: !error.sent?.open };
  }
}

async function followOpening(relayId: string, say: (stands: string) => void): Promise<PendingEnd> {
  for await (const step of followRelay(relayId)) {
    if (step.phase === "refused") return { good: false, title: step.title, detail: step.detail, over: true };
    if (step.phase === "active")
      return { good: true, title: "the stream is active", detail: null, over: true };
    say(
      step.phase === "mined"
        ? "on the chain, the market is reading it"
        : "the market sends it, not confirmed yet",
    );
  }
  return {
    good: false,
    title: "still under way",
    detail: "The market has not opened it yet and goes on with it. Load this page again to see its end.",
    over: false,
  };
}

const SENT = "sent, not confirmed yet";

async function transactionOf(
  id: string,
  network: WalletNetwork,
  batcher: Tools["batcher"],
  say: (stands: string) => void,
): Promise<Hex> {
  say(SENT);
  const batch = await batcher();
  if (batch) return waitForBatch(batch, network, id);
  throw new CallFailed(
    "It is not known what became of it",
    "Only the wallet that sent it knows. Connect it and load this page again.",
    { hash: null, open: true },
  );
}
