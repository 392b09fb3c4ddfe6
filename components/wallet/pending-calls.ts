/**
 * What was sent and whose end nobody has seen yet. `id` is the hash of a transaction, a wallet's name for calls that it makes one of
 * (`batch`), or an opening that the market sends (`relay`). `what` for the person: "Open a stream to HolterAI".
 */
export type PendingCall = {
  via: "transaction" | "batch" | "relay";
  id: string;
  chainId: number;
  account: string;
  what: string;
  sentMs: number;
};

const KEY = "superstream.pending-transactions";
/** What no block took for so long is forgotten here; the wallet still knows it. */
const KEEP_MS = 24 * 3_600_000;

const ids = {
  transaction: /^0x[0-9a-f]{64}$/,
  batch: /^[\x20-\x7e]{1,4096}$/,
  relay: /^0x[0-9a-f]{64}$/,
};

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

/** The same one again changes nothing. */
export function rememberCall(call: PendingCall): void {
  const others = pendingCalls().filter(({ id }) => id !== call.id);
  localStorage.setItem(KEY, JSON.stringify([...others, call]));
}

export function forgetCall(id: string): void {
  localStorage.setItem(KEY, JSON.stringify(pendingCalls().filter((call) => call.id !== id)));
}

function isPending(value: unknown): value is PendingCall {
  if (typeof value !== "object" || value === null) return false;
  const { via, id, chainId, account, what, sentMs } = value as Record<string, unknown>;
  return (
    (via === "transaction" || via === "batch" || via === "relay") &&
    typeof id === "string" &&
    ids[via].test(id) &&
    typeof chainId === "number" &&
    typeof account === "string" &&
    typeof what === "string" &&
    typeof sentMs === "number"
  );
}
