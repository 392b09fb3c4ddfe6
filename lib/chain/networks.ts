import { DEVNET } from "./devnet-addresses";
import type { Network } from "./network";
import { realNetworks } from "./networks.generated";

/** The chain that `npm start` brings up on this machine: play money, no explorer, and nobody else's node. */
const devnet: Network = {
  key: "devnet",
  name: "Superstream devnet",
  chainId: DEVNET.chainId,
  testnet: true,
  coin: { name: "Ether", symbol: "ETH", decimals: 18 },
  explorer: null,
  publicRpcUrl: null,
  blockMs: 2_000,
  confirmations: 1,
  logsQueryRange: 10_000,
  startBlock: DEVNET.startBlock,
  gasModel: "l1",
  superfluid: {
    host: DEVNET.host,
    cfa: DEVNET.cfa,
    gda: DEVNET.gda,
    cfaForwarder: DEVNET.cfaV1Forwarder,
    gdaForwarder: DEVNET.gdaV1Forwarder,
    macroForwarder: DEVNET.macroForwarder,
    clearMacroForwarder: DEVNET.clearMacroForwarder,
    batchLiquidator: DEVNET.batchLiquidator,
    toga: DEVNET.toga,
  },
  superTokens: [
    {
      symbol: "USDCx",
      name: "Super USD Coin",
      address: DEVNET.usdcx,
      decimals: 18,
      underlying: { symbol: "USDC", address: DEVNET.usdc, decimals: 6 },
    },
  ],
};

/** Every chain that money may move on: data only, 4 kB compressed, so a browser may have it. */
export const networks: readonly Network[] = [devnet, ...realNetworks];

/** @returns null when the chain is none of ours */
export function findNetwork(chainId: number): Network | null {
  return networks.find((network) => network.chainId === chainId) ?? null;
}

/** @param key as in `--network base-sepolia` */
export function findNetworkByKey(key: string): Network | null {
  return networks.find((network) => network.key === key) ?? null;
}
