import "server-only";
import type { Address } from "viem";
import type { SuperfluidContracts } from "@/lib/chain/network";
import { ProblemError } from "@/lib/errors";
import { dollarTokens } from "../chain-assets";
import type { ChainPlace } from "../chain-place";
import type { SuperfluidPlace } from "./superfluid-calls";

/**
 * The super token of dollars that a flow pays in, with what its calls need.
 *
 * @param asset CAIP-19 name; null: the network's first
 * @throws ProblemError `invalid-input` for another token, `not-available-here` when the network has none
 */
export function superTokenPlace(
  { network }: ChainPlace,
  { host, cfa, cfaForwarder }: SuperfluidContracts,
  asset: string | null,
): SuperfluidPlace & { assetId: string } {
  const dollars = dollarTokens(network);
  const offered = network.superTokens.flatMap((token) => {
    const dollar = dollars.find(({ address }) => address === token.address.toLowerCase());
    // A flow's rate is compared with prices base unit by base unit.
    return dollar?.worth === 1n && token.underlying ? [{ ...token, id: dollar.id }] : [];
  });
  const found = asset ? offered.find(({ id }) => id === asset.toLowerCase()) : offered[0];
  if (!found)
    throw new ProblemError(
      asset ? "invalid-input" : "not-available-here",
      asset
        ? "No price is streamed in that token on this chain."
        : `${network.name} has no super token of dollars.`,
      { extensions: { assets: offered.map(({ id }) => id) } },
    );
  const { address, symbol, decimals, underlying, id } = found;
  const token = { address: address as Address, symbol, decimals };
  return { host, cfa, cfaForwarder, token, underlying, assetId: id };
}
