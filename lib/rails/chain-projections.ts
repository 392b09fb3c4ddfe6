import "server-only";
import type { ConfiguredNetwork } from "@/lib/chain/configured-network";
import type { ChainClient } from "@/lib/chain/public-client";
import type { Projection } from "@/lib/indexer/projection";
import { streampayProjection } from "./streampay/streampay-projection";
import { superfluidProjection } from "./superfluid/superfluid-projection";

/** What the index of a chain keeps for the market: the streams of each rail that the chain carries. */
export function chainProjections(
  { network, contracts }: Pick<ConfiguredNetwork, "network" | "contracts">,
  client: () => Promise<ChainClient>,
): Projection[] {
  const { superfluid, superTokens } = network;
  const tokens = superTokens.map(({ address }) => address);
  return [
    ...(contracts.streamPay ? [streampayProjection(contracts.streamPay)] : []),
    ...(superfluid && tokens.length > 0 ? [superfluidProjection(superfluid.cfa, tokens, client)] : []),
  ];
}
