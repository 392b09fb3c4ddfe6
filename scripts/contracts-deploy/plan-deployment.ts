import type { Address, Hex } from "viem";
import { type Cost, estimateCost } from "@/lib/chain/gas";
import type { Network } from "@/lib/chain/network";
import type { ChainClient } from "@/lib/chain/public-client";
import { Refusal } from "../report.mjs";
import { CREATE2_DEPLOYER, create2Address, create2Input } from "./create2";
import type { Deployable } from "./deployables";
import { nodeSays } from "./open-node";

/** One contract, where it belongs, and what is left to do. `cost` is null when it is there already. */
export type PlannedContract = Deployable & { address: Address; runtimeCode: Hex; cost: Cost | null };

/** The most gas that one transaction may have since the Osaka upgrade. @see EIP-7825 */
const GAS_PER_TRANSACTION = 16_777_216n;

/**
 * Compares the network with what was compiled. Reads only.
 *
 * @throws Refusal when the deployer's contract is missing, a constructor reverts, or other code is at our address
 */
export async function planDeployment(
  client: ChainClient,
  network: Network,
  from: Address,
  deployables: readonly Deployable[],
): Promise<PlannedContract[]> {
  if (!(await client.getCode({ address: CREATE2_DEPLOYER })))
    throw new Refusal(`${network.name} has no CREATE2 deployer at ${CREATE2_DEPLOYER}.`);
  const planned: PlannedContract[] = [];
  for (const deployable of deployables) {
    const address = create2Address(deployable.initCode);
    const runtimeCode = await runtimeCodeOf(client, deployable, address);
    const there = await isThere(client, { ...deployable, address, runtimeCode });
    const cost = there ? null : await costOf(client, network, from, deployable);
    planned.push({ ...deployable, address, runtimeCode, cost });
  }
  return planned;
}

/** @throws Refusal when something else is at the address */
export async function isThere(
  client: ChainClient,
  { name, address, runtimeCode }: Pick<PlannedContract, "name" | "address" | "runtimeCode">,
): Promise<boolean> {
  const code = await client.getCode({ address });
  if (!code) return false;
  if (code.toLowerCase() === runtimeCode.toLowerCase()) return true;
  throw new Refusal(`At ${address} is code, but not that of ${name}: do not use it.`);
}

/**
 * What the constructor leaves there. The node runs it without sending anything, as if our code were at that address already:
 * immutables may hold the address itself, such as EIP-712's cached domain. Storage that is there does not matter to constructors.
 */
async function runtimeCodeOf(
  client: ChainClient,
  { name, initCode }: Deployable,
  address: Address,
): Promise<Hex> {
  const call = { account: CREATE2_DEPLOYER, to: address, stateOverride: [{ address, code: initCode }] };
  const { data } = await client.call(call).catch((error: unknown) => {
    throw new Refusal(`The constructor of ${name} reverts on this network: ${nodeSays(error)}`);
  });
  if (!data) throw new Refusal(`The constructor of ${name} leaves no code on this network.`);
  return data;
}

async function costOf(
  client: ChainClient,
  network: Network,
  account: Address,
  { name, initCode }: Deployable,
): Promise<Cost> {
  const cost = await estimateCost(client, network, {
    account,
    to: CREATE2_DEPLOYER,
    data: create2Input(initCode),
  }).catch((error: unknown) => {
    throw new Refusal(`The cost of ${name} cannot be estimated: ${nodeSays(error)}`);
  });
  const gasLimit = cost.gasLimit < GAS_PER_TRANSACTION ? cost.gasLimit : GAS_PER_TRANSACTION;
  return { ...cost, gasLimit };
}
