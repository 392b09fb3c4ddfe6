import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { publicClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import type { ChainIndex } from "@/lib/indexer/open-index";
import { catchUp, openConfiguredIndex, startIndexLoop } from "@/lib/indexer/run-index";
import { storeAssets } from "./chain-assets";
import { chainProjections } from "./chain-projections";

/** Keeps the market's streams as the chain of the settings says, until the function that it returns is called. Null without a chain. */
export function startFollowingChain(): (() => Promise<void>) | null {
  const index = openMarketIndex();
  return index && startIndexLoop(index, { prepare: prepareMarket });
}

/** The same for a cron job: until the index has all of the chain, for some seconds at most. */
export async function followChainOnce(): Promise<void> {
  const index = openMarketIndex();
  if (!index) return;
  await prepareMarket();
  await catchUp(index);
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
