import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import metadata from "@superfluid-finance/metadata";
import { getAddress } from "viem";
import * as chains from "viem/chains";
import { z } from "zod";
import type { GasModel, Network, SuperfluidContracts, SuperToken } from "@/lib/chain/network";

/** What the packages do not say about a chain. `blockMs` only where viem has none. */
type Choice = {
  key: string;
  chain: chains.Chain;
  confirmations: number;
  gasModel: GasModel;
  blockMs?: number;
};

/**
 * The networks we run on. Confirmations are in docs/decisions/0087. Block times that viem lacks: of test networks,
 * which follow their main networks.
 */
const choices: readonly Choice[] = [
  { key: "base", chain: chains.base, confirmations: 5, gasModel: "op-stack" },
  { key: "optimism", chain: chains.optimism, confirmations: 5, gasModel: "op-stack" },
  { key: "polygon", chain: chains.polygon, confirmations: 16, gasModel: "l1" },
  { key: "arbitrum", chain: chains.arbitrum, confirmations: 20, gasModel: "arbitrum" },
  { key: "bsc", chain: chains.bsc, confirmations: 15, gasModel: "l1" },
  { key: "base-sepolia", chain: chains.baseSepolia, confirmations: 5, gasModel: "op-stack" },
  { key: "optimism-sepolia", chain: chains.optimismSepolia, confirmations: 5, gasModel: "op-stack" },
  { key: "sepolia", chain: chains.sepolia, confirmations: 6, gasModel: "l1", blockMs: 12_000 },
  { key: "avalanche-fuji", chain: chains.avalancheFuji, confirmations: 2, gasModel: "l1", blockMs: 2_000 },
  { key: "bsc-testnet", chain: chains.bscTestnet, confirmations: 15, gasModel: "l1", blockMs: 750 },
  { key: "polygon-amoy", chain: chains.polygonAmoy, confirmations: 16, gasModel: "l1", blockMs: 2_000 },
  { key: "arbitrum-sepolia", chain: chains.arbitrumSepolia, confirmations: 20, gasModel: "arbitrum" },
];

/** Where nothing else is known: what the strictest of the public nodes in the metadata allows. */
const SMALLEST_LOGS_RANGE = 5_000;

/** Super Tokens that are worth a place in a browser: the coin's own, and wrapped dollars, real and fake. */
const DOLLARS = /^f?(USDC|DAI|USDT)x$/;

const tokenList = z.object({
  tokens: z.array(
    z.object({
      chainId: z.number(),
      address: z.string(),
      name: z.string(),
      symbol: z.string(),
      decimals: z.int(),
      extensions: z
        .object({
          superTokenInfo: z.object({ type: z.string(), underlyingTokenAddress: z.string().optional() }),
        })
        .optional(),
    }),
  ),
});
type Listed = z.infer<typeof tokenList>["tokens"][number];

/** All networks but the devnet, as @superfluid-finance/metadata, its token list and viem describe them today. */
export function readPackages(): Network[] {
  const file = createRequire(import.meta.url).resolve(
    "@superfluid-finance/tokenlist/dist/superfluid.extended.tokenlist.json",
  );
  const { tokens } = tokenList.parse(JSON.parse(readFileSync(file, "utf8")));
  return choices.map((choice) =>
    describeNetwork(
      choice,
      tokens.filter(({ chainId }) => chainId === choice.chain.id),
    ),
  );
}

function describeNetwork(
  { key, chain, confirmations, gasModel, blockMs }: Choice,
  tokens: readonly Listed[],
): Network {
  const superfluid = metadata.getNetworkByChainId(chain.id);
  const averageMs = chain.blockTime ?? blockMs;
  if (averageMs === undefined) throw new Error(`Nobody says how long a block of ${chain.name} takes.`);
  return {
    key,
    name: chain.name,
    chainId: chain.id,
    testnet: chain.testnet ?? false,
    coin: chain.nativeCurrency,
    explorer: chain.blockExplorers?.default.url.replace(/\/$/, "") ?? null,
    publicRpcUrl: chain.rpcUrls.default.http[0] ?? null,
    blockMs: averageMs,
    confirmations,
    logsQueryRange: superfluid?.logsQueryRange ?? SMALLEST_LOGS_RANGE,
    startBlock: superfluid?.startBlockV1 ?? 0,
    gasModel,
    superfluid: superfluid ? contractsOf(superfluid) : null,
    superTokens: tokens.flatMap((token) => superToken(token, tokens)),
  };
}

type Metadata = NonNullable<ReturnType<typeof metadata.getNetworkByChainId>>;

function contractsOf({ name, contractsV1 }: Metadata): SuperfluidContracts {
  const optional = (address: string | undefined) => (address ? getAddress(address) : null);
  const required = (address: string | undefined) => {
    if (!address) throw new Error(`The metadata of ${name} lacks a contract that streams need.`);
    return getAddress(address);
  };
  return {
    host: required(contractsV1.host),
    cfa: required(contractsV1.cfaV1),
    gda: required(contractsV1.gdaV1),
    cfaForwarder: required(contractsV1.cfaV1Forwarder),
    gdaForwarder: required(contractsV1.gdaV1Forwarder),
    macroForwarder: required(contractsV1.macroForwarder),
    clearMacroForwarder: optional(contractsV1.clearMacroForwarderV1WithPermit2),
    batchLiquidator: optional(contractsV1.batchLiquidator),
    toga: optional(contractsV1.toga),
  };
}

/** The token when it is one of ours; decimals of its underlying come from the list, for they differ by network. */
function superToken(token: Listed, tokens: readonly Listed[]): SuperToken[] {
  const info = token.extensions?.superTokenInfo;
  const isCoin = info?.type === "Native Asset";
  if (!info || !(isCoin || DOLLARS.test(token.symbol))) return [];
  const underlying = tokens.find(({ address }) => address === info.underlyingTokenAddress);
  if (!isCoin && !underlying) throw new Error(`The list has ${token.symbol} without what it wraps.`);
  return [
    {
      symbol: token.symbol,
      name: token.name,
      address: getAddress(token.address),
      decimals: token.decimals,
      underlying: underlying
        ? {
            symbol: underlying.symbol,
            address: getAddress(underlying.address),
            decimals: underlying.decimals,
          }
        : null,
    },
  ];
}
