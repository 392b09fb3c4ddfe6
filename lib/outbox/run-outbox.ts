import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { FAUCET_LEVEL, fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { env } from "@/lib/env";
import { startLoop } from "@/lib/loop";
import { findConfiguredLane } from "./configured-lane";
import type { Lane } from "./lane";
import { findOperatorAccount } from "./operator-account";
import { runOutboxOnce } from "./run-outbox-once";

const DEVNET_PAUSE_MS = 250;
const PAUSE_MS_MIN = 500;
/** One call of the cron goes on for so long at most. */
const CRON_MS = 8_000;

/** Sends and looks after the server's own transactions until the function that it returns is called. Null when there can be none. */
export function startOutboxLoop(): (() => Promise<void>) | null {
  const configured = findConfiguredNetwork();
  if (!configured || !findOperatorAccount()) return null;
  const { chainId, blockMs } = configured.network;
  return startLoop({
    name: "outbox",
    intervalMs: chainId === DEVNET.chainId ? DEVNET_PAUSE_MS : Math.max(PAUSE_MS_MIN, blockMs / 2),
    pass: passOutbox,
  });
}

/** The same for a cron job: until nothing is left to do at once, for some seconds at most. */
export async function runOutboxForCron(): Promise<void> {
  const began = performance.now();
  while ((await passOutbox()) && performance.now() - began < CRON_MS);
}

/** One pass of this process. A request that waits for its transaction makes one too, instead of waiting for the loop. */
export async function passOutbox(): Promise<boolean> {
  const lane = await findConfiguredLane();
  if (!lane) return false;
  await fundOperatorOnDevnet(lane);
  return runOutboxOnce(lane);
}

const FUND_EVERY_MS = 600_000;
const shared = globalThis as { superstreamOperatorFunded?: number };

/** On a devnet the operator's gas comes from the faucet: it has no other source. What it holds of tokens, people have paid. */
async function fundOperatorOnDevnet({ network, account }: Lane): Promise<void> {
  const { superstreamOperatorFunded: last } = shared;
  if (network.chainId !== DEVNET.chainId || (last !== undefined && performance.now() - last < FUND_EVERY_MS))
    return;
  await fundOnDevnet(account.address, env.RPC_URL, { coin: FAUCET_LEVEL.coin, usdc: 0n, usdcx: 0n });
  shared.superstreamOperatorFunded = performance.now();
}
