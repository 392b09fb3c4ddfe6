import type { ConfiguredNetwork } from "@/lib/chain/configured-network";
import type { LogSource } from "./log-source";
import { computeRegistrySource } from "./sources/compute-registry-source";
import { sessionOperatorSource } from "./sources/session-operator-source";
import { streamPaySource } from "./sources/stream-pay-source";
import {
  flowDepositSource,
  flowSource,
  superTokenSource,
  transferSources,
} from "./sources/superfluid-sources";

/**
 * All events of a chain that are about us: of our own contracts, of flows in the tokens that we list, and of those tokens and
 * what they wrap where our contracts get or give them.
 */
export function ownSources({
  network,
  contracts,
}: Pick<ConfiguredNetwork, "network" | "contracts">): LogSource[] {
  const { streamPay, computeRegistry, sessionOperator } = contracts;
  const { superfluid, superTokens } = network;
  const tokens = superTokens.map(({ address }) => address);
  const money = [...tokens, ...superTokens.flatMap(({ underlying }) => underlying?.address ?? [])];
  return [
    ...(streamPay ? [streamPaySource(streamPay)] : []),
    ...(computeRegistry ? [computeRegistrySource(computeRegistry)] : []),
    ...(sessionOperator ? [sessionOperatorSource(sessionOperator)] : []),
    ...(superfluid && tokens.length > 0
      ? [flowSource(superfluid.cfa, tokens), flowDepositSource(superfluid.cfa), superTokenSource(tokens)]
      : []),
    ...(streamPay && money.length > 0 ? transferSources(money, [streamPay]) : []),
  ];
}
