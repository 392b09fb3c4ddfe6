import "server-only";
import { createPublicClient, http } from "viem";
import { foundry } from "viem/chains";
import { nowMs } from "@/lib/clock";
import { env } from "@/lib/env";
import { DEVNET } from "./devnet-addresses";

export type DevnetState = {
  /** The last one. */
  block: bigint;
  /** How far the chain's clock, and the ledger's with it, is ahead of this machine's; whole minutes. */
  aheadMs: bigint;
};

const PATIENCE_MS = 300;
/** One question to the chain serves all pages of this long. */
const CACHE_MS = 2_000n;
const MINUTE_MS = 60_000n;

let cached: { state: Promise<DevnetState | null>; untilMs: bigint } | undefined;

/** Where the devnet is, for every page to say; null without one, and when it does not answer at once. Never throws. */
export function readDevnetState(): Promise<DevnetState | null> {
  const now = nowMs();
  if (!cached || cached.untilMs <= now) cached = { state: askDevnet(), untilMs: now + CACHE_MS };
  return cached.state;
}

async function askDevnet(): Promise<DevnetState | null> {
  if (env.NETWORK !== "devnet" || env.CHAIN_ID !== DEVNET.chainId || !env.RPC_URL) return null;
  const transport = http(env.RPC_URL, { timeout: PATIENCE_MS, retryCount: 0 });
  const client = createPublicClient({ chain: foundry, transport });
  try {
    // The pending block has the chain's time of now; the last one may be a minute old.
    const { number, timestamp } = await client.getBlock({ blockTag: "pending" });
    const aheadMs = timestamp * 1_000n - nowMs();
    const minutes = (aheadMs + MINUTE_MS / 2n) / MINUTE_MS;
    return { block: (number ?? 1n) - 1n, aheadMs: minutes > 0n ? minutes * MINUTE_MS : 0n };
  } catch {
    return null; // The status page tells of a chain that does not answer.
  }
}
