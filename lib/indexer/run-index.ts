import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { logger } from "@/lib/log";
import { startLoop } from "@/lib/loop";
import type { FaultReason } from "./chain-fault";
import { indexOnce } from "./index-once";
import { nodeReader } from "./node-reader";
import { type ChainIndex, isDevnet, openIndex } from "./open-index";
import { ownSources } from "./own-sources";
import type { Projection } from "./projection";

const DEVNET_POLL_MS = 500;
const POLL_MS_MIN = 500;
/** One call of the cron goes on for so long at most. */
const PASS_MS = 8_000;

/**
 * The index of the chain that the settings name: all of its events that are ours, and what `projections` make of them.
 *
 * @returns null without a chain
 */
export function openConfiguredIndex(projections: readonly Projection[]): ChainIndex | null {
  const configured = findConfiguredNetwork();
  if (!configured) return null;
  const { network, rpcUrls } = configured;
  return openIndex({
    network,
    readers: rpcUrls.map((url) => nodeReader(network, url)),
    sources: ownSources(configured),
    projections,
    db: pool(),
  });
}

/**
 * Follows the chain until the function that it returns is called. Any number of processes may: each step is written by one.
 *
 * @param options.intervalMs CHAIN_POLL_MS; default: half the time between two blocks
 * @param options.prepare done once, before the first step
 */
export function startIndexLoop(
  index: ChainIndex,
  { intervalMs = env.CHAIN_POLL_MS, prepare }: { intervalMs?: number; prepare?: () => Promise<void> } = {},
): () => Promise<void> {
  const { network } = index;
  const usualMs = isDevnet(network) ? DEVNET_POLL_MS : Math.max(POLL_MS_MIN, network.blockMs / 2);
  let known: FaultReason | null = null;
  let prepared = false;
  return startLoop({
    name: "index",
    intervalMs: intervalMs ?? usualMs,
    async pass() {
      if (!prepared) await prepare?.();
      prepared = true;
      const { state, fault } = await indexOnce(index);
      if (fault !== known) tell(index, fault);
      known = fault;
      return state === "more";
    },
  });
}

/** Goes on until the index has all of the chain, or cannot go on, or a cron job's time is over. */
export async function catchUp(index: ChainIndex): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < PASS_MS) {
    const { state, fault } = await indexOnce(index);
    if (fault) tell(index, fault);
    if (state !== "more") return;
  }
}

/** Once a change: a node that is away for an hour is one line. */
function tell({ network }: ChainIndex, reason: FaultReason | null): void {
  const { chainId } = network;
  if (reason)
    logger.warn({ chainId, reason }, "The index of the chain cannot go on: see lib/indexer/chain-fault.ts");
  else logger.info({ chainId }, "The index of the chain goes on");
}
