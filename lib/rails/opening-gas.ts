import "server-only";
import type { Address } from "viem";
import { dataFeeOf, gasLimit, gasPrice } from "@/lib/chain/gas";
import type { Network } from "@/lib/chain/network";
import type { ChainClient } from "@/lib/chain/public-client";
import type { ChainCall } from "./chain-call";

/**
 * What transactions cost in wei at today's price, with the margin of `gasLimit`. The node estimates the first one for the payer; the later ones
 * need what the first does, so they are counted by what such a call takes (`typical`), and so is the first when the node refuses it.
 *
 * @param calls each with the gas that it takes on a chain where nothing is there yet
 */
export async function openingGas(
  client: ChainClient,
  network: Network,
  payer: Address | null,
  calls: readonly { call: ChainCall; typical: bigint }[],
): Promise<bigint> {
  const price = await gasPrice(client);
  const costs = await Promise.all(
    calls.map(async ({ call: { to, data, value }, typical }, nth) => {
      const planned = payer && { account: payer, to, data, value };
      const estimate =
        planned && nth === 0 ? await client.estimateGas(planned).catch(() => typical) : typical;
      const limit = gasLimit(estimate);
      const dataFee =
        network.gasModel === "op-stack" ? await dataFeeOf(client, network, { to, data, value }, limit) : 0n;
      return limit * price.current + dataFee;
    }),
  );
  return costs.reduce((sum, cost) => sum + cost, 0n);
}
