import { type Abi, type Address, encodeDeployData, type Hex } from "viem";
import { computeRegistryAbi } from "@/contracts-abi/compute-registry";
import { computeRegistryBytecode } from "@/contracts-abi/compute-registry-bytecode";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { sessionOperatorBytecode } from "@/contracts-abi/session-operator-bytecode";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { streamPayBytecode } from "@/contracts-abi/stream-pay-bytecode";
import type { Network } from "@/lib/chain/network";

/** A contract of ours, ready to be created: code and arguments in one. */
export type Deployable = {
  name: string;
  /** The setting that says where it is. */
  setting: string;
  /** From the folder of the contracts. */
  source: string;
  initCode: Hex;
  /** The end of `initCode`: the constructor's arguments, ABI-encoded. */
  constructorArguments: Hex;
};

type Recipe = {
  name: string;
  setting: string;
  source: string;
  abi: Abi;
  bytecode: Hex;
  /** Null where the network lacks what the contract stands on. */
  args: (network: Network, owner: Address) => readonly unknown[] | null;
};

const recipes: readonly Recipe[] = [
  {
    name: "StreamPay",
    setting: "STREAM_PAY_ADDRESS",
    source: "src/StreamPay.sol",
    abi: streamPayAbi,
    bytecode: streamPayBytecode,
    args: (_, owner) => [owner],
  },
  {
    name: "ComputeRegistry",
    setting: "COMPUTE_REGISTRY_ADDRESS",
    source: "src/ComputeRegistry.sol",
    abi: computeRegistryAbi,
    bytecode: computeRegistryBytecode,
    args: (_, owner) => [owner],
  },
  {
    name: "SessionOperator",
    setting: "SESSION_OPERATOR_ADDRESS",
    source: "src/SessionOperator.sol",
    abi: sessionOperatorAbi,
    bytecode: sessionOperatorBytecode,
    args: ({ superfluid }) => superfluid && [superfluid.host, superfluid.cfa],
  },
];

export const deployableNames: readonly string[] = recipes.map(({ name }) => name);

/** @returns what can be deployed on the network, and the names of what cannot */
export function listDeployables(network: Network, owner: Address, only: readonly string[]) {
  const chosen = recipes.filter(({ name }) => only.includes(name));
  const unfit: string[] = [];
  const deployables = chosen.flatMap(({ args: argsOn, abi, bytecode, ...recipe }): Deployable[] => {
    const args = argsOn(network, owner);
    if (args) {
      const initCode = encodeDeployData({ abi, bytecode, args });
      return [{ ...recipe, initCode, constructorArguments: `0x${initCode.slice(bytecode.length)}` }];
    }
    unfit.push(recipe.name);
    return [];
  });
  return { deployables, unfit };
}
