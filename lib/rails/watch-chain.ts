import "server-only";
import type { ConfiguredNetwork } from "@/lib/chain/configured-network";
import type { ChainClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import { logger } from "@/lib/log";
import { metrics } from "@/lib/metrics/metrics";
import { checkBacking } from "./check/check-backing";
import { checkChain } from "./check/check-chain";
import { failLostStreams } from "./fail-lost-streams";
import { refreshBalances } from "./superfluid/refresh-balances";

/**
 * What no event of a chain tells, looked at once: how long senders of flows can still pay, whether streams are gone with their blocks, and
 * whether the mirror is what the chain says. Safe to run twice and side by side.
 */
export async function watchChain(
  place: Pick<ConfiguredNetwork, "network" | "contracts">,
  client: ChainClient,
): Promise<void> {
  const { chainId } = place.network;
  await refreshBalances(pool(), chainId, client);
  const lost = await failLostStreams(pool(), chainId);
  if (lost.length > 0) logger.error({ chainId, lost }, "The chain took back confirmed openings of streams");
  const { checked, faulty } = await checkChain(pool(), client, place);
  metrics().chainChecks.of("balanced").n += checked - faulty;
  metrics().chainChecks.of("faulty").n += faulty;
  for (const { asset, held, owed, block } of await checkBacking(pool(), client, chainId))
    if (held < owed)
      logger.error({ asset, held: `${held}`, owed: `${owed}`, block: `${block}` }, "Credit is not backed");
  if (faulty > 0) logger.error({ chainId, faulty }, "Streams differ from what their chain says: see /status");
}
