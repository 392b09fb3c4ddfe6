import type { Address } from "viem";
import { computeRegistryAbi } from "@/contracts-abi/compute-registry";
import { eventsOf } from "../events-of";
import { accountSubject, type LogSource } from "../log-source";

/** Of one provider in ComputeRegistry. @param contract in any case @param id as the contract counts */
export function registrySubject(contract: string, id: bigint | string): string {
  return `registry:${contract.toLowerCase()}:${id}`;
}

/** Providers, their bonds and what they completed, by provider and by wallet. */
export function computeRegistrySource(contract: Address): LogSource {
  return {
    addresses: [contract],
    events: eventsOf(computeRegistryAbi, [
      "ProviderRegistered",
      "ProviderUpdated",
      "CompletionRecorded",
      "BondStaked",
      "BondWithdrawalRequested",
      "BondWithdrawn",
      "BondSlashed",
    ]),
    subjects: ({ args }) => [
      registrySubject(contract, String(args.id)),
      ...[args.wallet, args.beneficiary].flatMap((account) =>
        typeof account === "string" ? [accountSubject(account)] : [],
      ),
    ],
  };
}
