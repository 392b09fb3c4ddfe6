import "server-only";
import { type Address, isAddress } from "viem";
import { type Env, EnvError, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { DEVNET } from "./devnet-addresses";
import type { Network } from "./network";
import { findNetwork } from "./networks";

type Settings = Pick<
  Env,
  | "CHAIN_ID"
  | "RPC_URL"
  | "RPC_URL_2"
  | "STREAM_PAY_ADDRESS"
  | "COMPUTE_REGISTRY_ADDRESS"
  | "SESSION_OPERATOR_ADDRESS"
  | "CONFIRMATIONS"
  | "START_BLOCK"
>;

/** Our own contracts: on the devnet those that come with it. Null where the settings name none: what needs it is then off. */
export type OwnContracts = {
  streamPay: Address | null;
  computeRegistry: Address | null;
  sessionOperator: Address | null;
};

/** The chain of this process: its row of the table, with `confirmations` and `startBlock` as the settings want them. */
export type ConfiguredNetwork = {
  network: Network;
  /** In the order in which they are asked. They may hold keys: for the server alone. */
  rpcUrls: readonly string[];
  contracts: OwnContracts;
};

/**
 * @returns null when the settings name no node: this process then runs without a chain
 * @throws EnvError when they name one, and a chain or an address that cannot be
 */
export function findConfiguredNetwork(settings: Settings = env): ConfiguredNetwork | null {
  const { CHAIN_ID, RPC_URL, RPC_URL_2, CONFIRMATIONS, START_BLOCK } = settings;
  if (!RPC_URL) return null;
  const network = findNetwork(CHAIN_ID);
  if (!network)
    throw new EnvError(`CHAIN_ID: ${CHAIN_ID} is none of the chains of lib/chain/networks.generated.ts`);
  return {
    network: {
      ...network,
      confirmations: CONFIRMATIONS ?? network.confirmations,
      startBlock: START_BLOCK ?? network.startBlock,
    },
    rpcUrls: RPC_URL_2 ? [RPC_URL, RPC_URL_2] : [RPC_URL],
    contracts: {
      streamPay: checkedAddress(settings, "STREAM_PAY_ADDRESS") ?? onDevnet(network, "streamPay"),
      computeRegistry:
        checkedAddress(settings, "COMPUTE_REGISTRY_ADDRESS") ?? onDevnet(network, "computeRegistry"),
      sessionOperator:
        checkedAddress(settings, "SESSION_OPERATOR_ADDRESS") ?? onDevnet(network, "sessionOperator"),
    },
  };
}

function onDevnet({ chainId }: Network, name: keyof OwnContracts): Address | null {
  return chainId === DEVNET.chainId ? DEVNET[name] : null;
}

/** @throws ProblemError `not-configured` when this process runs without a chain */
export function getConfiguredNetwork(): ConfiguredNetwork {
  const configured = findConfiguredNetwork();
  if (!configured)
    throw new ProblemError("not-configured", "This server has no chain: set RPC_URL to a node of CHAIN_ID.");
  return configured;
}

type AddressSetting = "STREAM_PAY_ADDRESS" | "COMPUTE_REGISTRY_ADDRESS" | "SESSION_OPERATOR_ADDRESS";

/** Mixed case is a checksum (EIP-55): a mistyped digit is refused here, before money goes there. */
function checkedAddress(settings: Settings, name: AddressSetting): Address | null {
  const address = settings[name];
  if (!address) return null;
  if (!isAddress(address)) throw new EnvError(`${name}: its checksum is wrong, so a digit may be`);
  return address;
}
