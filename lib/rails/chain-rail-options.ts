import "server-only";
import { dollarTokens } from "./chain-assets";
import { type ChainPlace, findChainPlace } from "./chain-place";
import type { RailId } from "./rail";

/** A rail that a stream may be opened on with a wallet, and what it then pays in. */
export type ChainRailOption = { id: Exclude<RailId, "ledger">; symbol: string; network: string };

/** The rails of this installation's chain; none without one. As `rail-for.ts` offers them, before anybody asks what they cost. */
export function chainRailOptions(place: ChainPlace | null = findChainPlace()): ChainRailOption[] {
  if (!place) return [];
  const { contracts, network } = place;
  const dollars = dollarTokens(network);
  const superToken = network.superTokens.find(({ address, underlying }) => {
    const dollar = dollars.find((token) => token.address === address.toLowerCase());
    return dollar?.worth === 1n && underlying;
  });
  const cash = superToken?.underlying?.symbol ?? dollars[0]?.symbol;
  return [
    ...(contracts.streamPay && cash
      ? [{ id: "streampay" as const, symbol: cash, network: network.name }]
      : []),
    ...(network.superfluid && superToken
      ? [{ id: "superfluid" as const, symbol: superToken.symbol, network: network.name }]
      : []),
  ];
}
