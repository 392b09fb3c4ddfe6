import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { publicClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import type { ChainIndex } from "@/lib/indexer/open-index";
import { catchUp, openConfiguredIndex, startIndexLoop } from "@/lib/indexer/run-index";
import { startLoop } from "@/lib/loop";
import { storeAssets } from "./chain-assets";
import { chainProjections } from "./chain-projections";
import { watchChain } from "./watch-chain";

/** How often what no event tells is looked at: a sender whose money is gone is served for no longer than this. */
const WATCH_MS = 5_000;

/** Keeps the market's streams as the chain of the settings says, until the function that it returns is called. Null without a chain. */
export function startFollowingChain(): (() => Promise<void>) | null {
  const configured = findConfiguredNetwork();
  const index = openMarketIndex();
  if (!configured || !index) return null;
  const stops = [
    startIndexLoop(index, { prepare: prepareMarket }),
    startLoop({
      name: "chain",
      intervalMs: WATCH_MS,
      async pass() {
        await watchChain(configured, await publicClient());
        return false;
      },
    }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** The same for a cron job: until the index has all of the chain, for some seconds at most. */
export async function followChainOnce(): Promise<void> {
  const index = openMarketIndex();
  if (!index) return;
  await prepareMarket();
  await catchUp(index);
  const configured = findConfiguredNetwork();
  if (configured) await watchChain(configured, await publicClient());
}

function openMarketIndex(): ChainIndex | null {
  const configured = findConfiguredNetwork();
  return configured && openConfiguredIndex(chainProjections(configured, publicClient));
}

/** What streams of the chain are counted in has to be there before them. */
async function prepareMarket(): Promise<void> {
  const configured = findConfiguredNetwork();
  if (configured) await storeAssets(pool(), configured.network);
}
