import type { Address } from "viem";

/** What pays for gas. Its base unit is the wei: all coins of the table have 18 decimals. */
export type Coin = { name: string; symbol: string; decimals: number };

export type UnderlyingToken = { symbol: string; address: Address; decimals: number };

/** A streamable token. `underlying` is null where it wraps the network's coin itself (SETH: `upgradeByETH`). */
export type SuperToken = {
  symbol: string;
  name: string;
  address: Address;
  decimals: number;
  underlying: UnderlyingToken | null;
};

/** Superfluid's contracts on one network. `toga` is null where nobody auctions the role of first liquidator. */
export type SuperfluidContracts = {
  host: Address;
  cfa: Address;
  gda: Address;
  cfaForwarder: Address;
  gdaForwarder: Address;
  macroForwarder: Address;
  clearMacroForwarder: Address | null;
  batchLiquidator: Address | null;
  toga: Address | null;
};

/**
 * How a transaction is paid for: `l1` for its gas alone; `op-stack` also for its bytes on the chain below, which only
 * GasPriceOracle tells; `arbitrum` for its bytes too, already inside the gas that a node estimates.
 */
export type GasModel = "l1" | "op-stack" | "arbitrum";

/** One chain that money may move on. Plain data, small enough for a browser. */
export type Network = {
  /** As in `--network base-sepolia`. */
  key: string;
  name: string;
  chainId: number;
  testnet: boolean;
  coin: Coin;
  /** Without a trailing slash; null on a devnet. */
  explorer: string | null;
  /** A node that anyone may ask, for wallets that do not know the chain; null on a devnet. */
  publicRpcUrl: string | null;
  /** Average milliseconds between two blocks. */
  blockMs: number;
  /** Blocks upon a transaction, its own included, before its money counts. CONFIRMATIONS changes it. */
  confirmations: number;
  /** The most blocks that one `eth_getLogs` of the public nodes covers. */
  logsQueryRange: number;
  /** Superfluid's first block; 0 where there is none. START_BLOCK changes it. */
  startBlock: number;
  gasModel: GasModel;
  /** Null where Superfluid is not deployed: streams then run through StreamPay alone. */
  superfluid: SuperfluidContracts | null;
  superTokens: readonly SuperToken[];
};

/** What a browser and its wallet know of the server's chain. */
export type WalletNetwork = Pick<
  Network,
  "chainId" | "name" | "testnet" | "coin" | "explorer" | "blockMs" | "confirmations"
> & {
  /** A node that everybody may be told of; null when there is none, and wallets can then only sign. */
  rpcUrl: string | null;
};
