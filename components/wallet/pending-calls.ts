import type { Hex } from "viem";

/** A transaction that was sent and whose end nobody has seen yet. `what` for the person: "Open a stream to HolterAI". */
export type PendingCall = { hash: Hex; chainId: number; account: string; what: string; sentMs: number };

const KEY = "superstream.pending-transactions";
/** A transaction that no block took for so long is forgotten here; the wallet still knows it. */
const KEEP_MS = 24 * 3_600_000;

/** What this browser sent and did not see the end of, so that a reload in the middle loses nothing. */
export function pendingCalls(nowMs = Date.now()): PendingCall[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter(isPending).filter(({ sentMs }) => nowMs - sentMs < KEEP_MS)
      : [];
  } catch {
    return [];
  }
}

export function rememberCall(call: PendingCall): void {
  localStorage.setItem(KEY, JSON.stringify([...pendingCalls(), call]));
}

export function forgetCall(hash: Hex): void {
  localStorage.setItem(KEY, JSON.stringify(pendingCalls().filter((call) => call.hash !== hash)));
}

function isPending(value: unknown): value is PendingCall {
  if (typeof value !== "object" || value === null) return false;
  const { hash, chainId, account, what, sentMs } = value as Record<string, unknown>;
  return (
    typeof hash === "string" &&
    /^0x[0-9a-f]{64}$/.test(hash) &&
    typeof chainId === "number" &&
    typeof account === "string" &&
    typeof what === "string" &&
    typeof sentMs === "number"
  );
}
