import { type Address, parseAbi } from "viem";
import { accountSubject, type LogSource } from "../log-source";

const events = parseAbi([
  "event ProviderRegistered(uint256 indexed id, address indexed wallet, string model, uint256 pricePerSecond, string endpoint, uint8 serviceType)",
  "event ProviderUpdated(uint256 indexed id, uint256 pricePerSecond, string endpoint, bool active)",
  "event CompletionRecorded(uint256 indexed id, uint256 earned)",
  "event BondStaked(uint256 indexed id, uint256 amount)",
  "event BondWithdrawalRequested(uint256 indexed id, uint256 amount, uint256 availableAt)",
  "event BondWithdrawn(uint256 indexed id, uint256 amount)",
  "event BondSlashed(uint256 indexed id, uint256 amount, address indexed beneficiary)",
]);

/** Of one provider in ComputeRegistry. @param contract in any case @param id as the contract counts */
export function registrySubject(contract: string, id: bigint | string): string {
  return `registry:${contract.toLowerCase()}:${id}`;
}

/** Providers, their bonds and what they completed, by provider and by wallet. */
export function computeRegistrySource(contract: Address): LogSource {
  return {
    addresses: [contract],
    events,
    subjects: ({ args }) => [
      registrySubject(contract, String(args.id)),
      ...[args.wallet, args.beneficiary].flatMap((account) =>
        typeof account === "string" ? [accountSubject(account)] : [],
      ),
    ],
  };
}
