import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Address, isAddress, parseGwei } from "viem";
import type { Network } from "@/lib/chain/network";
import { findNetworkByKey, networks } from "@/lib/chain/networks";
import { deployableNames } from "./deployables";

export type DeployOptions = {
  network: Network;
  rpcUrl: string;
  only: readonly string[];
  /** Who owns StreamPay and ComputeRegistry; null: the deployer. */
  owner: Address | null;
  keystore: string | null;
  /** What was signed, so that a run that was cut off goes on. */
  stateFile: string;
  /** Wei per gas that is paid at most. */
  maxGasPrice: bigint;
  dryRun: boolean;
  /** Real money may be spent. */
  yes: boolean;
};

export const help = `npm run contracts:deploy -- --network NAME [--dry-run] [--only StreamPay] [--yes] [--owner 0x…]
                            [--keystore FILE] [--state FILE] [--max-gwei 500]

Deploys Superstream's contracts, each at the one address that its code, its owner and its arguments give (CREATE2): run it
again and it does what is left, also after it was killed in the middle. What is there already costs nothing.

  --network NAME    ${networks.map(({ key }) => key).join(", ")}
  --dry-run         prints addresses, gas, cost and the deployer's balance, and sends nothing
  --only NAMES      some of ${deployableNames.join(", ")}, separated by commas
  --owner 0x…       who may pause StreamPay and name ComputeRegistry's arbiter (default: the deployer)
  --keystore FILE   an encrypted key (Web3 secret storage, as \`cast wallet import\` makes), instead of DEPLOYER_KEY
  --state FILE      what was signed (default: DATA_DIR/deployments/NAME.json). Keep it until the run is done
  --max-gwei N      waits for no price above this, but refuses (default 500)
  --yes             needed where the coin is real money
  --help            this text

From the environment or .env: RPC_URL (default: the network's public node), DEPLOYER_KEY (0x and 64 digits) or
DEPLOYER_PASSWORD (of the keystore); VERIFY_URL and VERIFY_KEY publish the sources: with a key to an Etherscan-compatible
API such as https://api.etherscan.io/v2/api, without one to a Sourcify server such as https://sourcify.dev/server.

Exit code 0 when all is there and equal to what was compiled, 1 when it is not, 2 for wrong arguments.`;

/** Wrong arguments. The message says which. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * @returns "help" when that is asked for
 * @throws UsageError
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DeployOptions | "help" {
  const given = parse(args);
  if (given.help) return "help";
  const network = readNetwork(given.network);
  const rpcUrl = environment.RPC_URL || network.publicRpcUrl;
  if (!rpcUrl) throw new UsageError(`${network.name} has no public node: set RPC_URL.`);
  if (!URL.canParse(rpcUrl)) throw new UsageError("RPC_URL is not an address.");
  return {
    network,
    rpcUrl,
    only: readNames(given.only),
    owner: readOwner(given.owner),
    keystore: given.keystore ?? null,
    stateFile: given.state ?? join(environment.DATA_DIR || ".data", "deployments", `${network.key}.json`),
    maxGasPrice: readGwei(given["max-gwei"]),
    dryRun: given["dry-run"] ?? false,
    yes: given.yes ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    network: text,
    only: text,
    owner: text,
    keystore: text,
    state: text,
    "max-gwei": text,
    "dry-run": flag,
    yes: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readNetwork(key: string | undefined): Network {
  if (!key) throw new UsageError("Say where: --network base-sepolia.");
  const network = findNetworkByKey(key);
  if (!network) throw new UsageError(`--network is one of ${networks.map((one) => one.key).join(", ")}.`);
  return network;
}

function readNames(text: string | undefined): readonly string[] {
  if (text === undefined) return deployableNames;
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => deployableNames.includes(name))) return names;
  throw new UsageError(`--only takes ${deployableNames.join(", ")}.`);
}

function readOwner(text: string | undefined): Address | null {
  if (text === undefined) return null;
  if (isAddress(text)) return text;
  throw new UsageError("--owner is an address whose checksum is right.");
}

function readGwei(text = "500"): bigint {
  if (/^\d{1,6}(\.\d{1,9})?$/.test(text)) return parseGwei(text);
  throw new UsageError("--max-gwei is a number such as 500 or 0.05.");
}
