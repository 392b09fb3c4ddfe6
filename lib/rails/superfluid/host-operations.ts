import { type Address, encodeAbiParameters, encodeFunctionData, type Hex } from "viem";
import { cfaAbi, hostAbi } from "@/contracts-abi/superfluid";
import type { ChainCall } from "../chain-call";
import type { FlowChange } from "./flow-plans";
import { encodeFlowTable } from "./flow-table";

/** One step of `host.batchCall`: all happen in one transaction, or none. */
export type HostOperation = { operationType: number; target: Address; data: Hex };

/** @see Superfluid `BatchOperation`: the numbers are its library's. */
const OPERATION = { upgrade: 101, callAgreement: 201, forward: 301, forwardAsSender: 302 } as const;

/** Wraps base units of the super token, from an allowance of what it wraps. */
export function upgradeOperation(token: Address, amount: bigint): HostOperation {
  const data = encodeAbiParameters([{ type: "uint256" }], [amount]);
  return { operationType: OPERATION.upgrade, target: token, data };
}

/** Calls a contract that does not ask who calls, such as the permit of a token. */
export function forwardOperation(target: Address, data: Hex): HostOperation {
  return { operationType: OPERATION.forward, target, data };
}

/** Calls a contract that trusts the host's ERC-2771 forwarder: it sees the signer as the caller. */
export function forwardAsSenderOperation(target: Address, data: Hex): HostOperation {
  return { operationType: OPERATION.forwardAsSender, target, data };
}

/** Calls a function of the flow agreement; `userData` is what the change of a flow says of itself. */
export function agreementOperation(cfa: Address, data: Hex, userData: Hex = "0x"): HostOperation {
  return {
    operationType: OPERATION.callAgreement,
    target: cfa,
    data: encodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], [data, userData]),
  };
}

/** Opens, changes or deletes a flow of the one who signs the batch. */
export function flowOperation(cfa: Address, token: Address, { from, to }: FlowChange): HostOperation {
  const { sender, receiver, rate, table } = to;
  const call =
    rate === 0n
      ? encodeFunctionData({ abi: cfaAbi, functionName: "deleteFlow", args: [token, sender, receiver, "0x"] })
      : encodeFunctionData({
          abi: cfaAbi,
          functionName: from.rate === 0n ? "createFlow" : "updateFlow",
          args: [token, receiver, rate, "0x"], // The host writes its context into the last one.
        });
  return agreementOperation(cfa, call, encodeFlowTable(table));
}

export function batchCall(host: Address, operations: readonly HostOperation[], says: string): ChainCall {
  return {
    to: host,
    data: encodeFunctionData({ abi: hostAbi, functionName: "batchCall", args: [operations] }),
    value: 0n,
    says,
  };
}
