import "server-only";
import { findConfiguredNetwork, type OwnContracts } from "@/lib/chain/configured-network";
import type { Network } from "@/lib/chain/network";
import { type ChainClient, publicClient } from "@/lib/chain/public-client";
import { pool, type Queryable } from "@/lib/db/pool";

/** The chain that a rail is on, and the database that follows it. */
export type ChainPlace = {
  network: Network;
  contracts: OwnContracts;
  client: () => Promise<ChainClient>;
  db: () => Queryable;
};

/** The chain of the settings; null when this process runs without one. */
export function findChainPlace(): ChainPlace | null {
  const configured = findConfiguredNetwork();
  return configured && { ...configured, client: publicClient, db: pool };
}
