import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  type Hex,
  parseAbi,
  serializeTransaction,
} from "viem";
import { divCeil } from "@/lib/domain/amount";
import type { Network } from "./network";
import type { ChainClient } from "./public-client";

/** Predeployed on every chain of the OP Stack. @see ethereum-optimism/specs, "L1 Attributes and Gas Price Oracle" */
const GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F";
const gasPriceOracleAbi = parseAbi([
  "function getL1Fee(bytes unsignedTransaction) view returns (uint256)",
  "function getOperatorFee(uint256 gasUsed) view returns (uint256)",
]);

/** What one transaction would do; without `to` it deploys a contract. */
export type Planned = { account: Address; to?: Address; data?: Hex; value?: bigint };

/** Prices of one unit of gas, in wei. `current` is what a block would take now, `max` what may be asked at most. */
export type GasPrice = { current: bigint; max: bigint; tip: bigint };

/** What a transaction costs, in wei of the network's coin. */
export type Cost = GasPrice & {
  /** To send it with: above what the node thinks it needs. */
  gasLimit: bigint;
  /** For its bytes on the chain below and for the operator, which are not bought with gas. */
  dataFee: bigint;
  /** At today's price, if it uses what the node thinks. */
  expected: bigint;
  /** More than this it cannot take. On an OP chain the data fee moves with the chain below: a quarter is added. */
  highest: bigint;
};

/**
 * The gas to send with: 1.3 times the estimate, rounded up. Superfluid settles an account at its first flow operation of
 * a second, so an estimate made in the second of another operation is about 6,700 gas short: measured, it reverts with
 * no margin and with 5 %, and passes with 10 %.
 */
export function gasLimit(estimate: bigint): bigint {
  return divCeil(estimate * 13n, 10n);
}

/** A price that six full blocks in a row (+12.5 % each, EIP-1559) do not outgrow. */
export async function gasPrice(client: ChainClient): Promise<GasPrice> {
  const [block, tip] = await Promise.all([
    client.getBlock({ blockTag: "latest" }),
    client.estimateMaxPriorityFeePerGas(),
  ]);
  const base = block.baseFeePerGas ?? 0n;
  return { current: base + tip, max: base * 2n + tip, tip };
}

/**
 * A price held under a cap of wei per gas, for what a server sends by itself.
 *
 * @returns null when a block takes more than the cap now: wait
 */
export function capPrice({ current, max, tip }: GasPrice, cap: bigint): GasPrice | null {
  if (current > cap) return null;
  return { current, max: max < cap ? max : cap, tip };
}

/** @throws what viem throws when the call would revert: `decodeError` says it in words */
export async function estimateCost(client: ChainClient, network: Network, planned: Planned): Promise<Cost> {
  const [estimate, price] = await Promise.all([client.estimateGas(planned), gasPrice(client)]);
  const limit = gasLimit(estimate);
  const dataFee = network.gasModel === "op-stack" ? await dataFeeOf(client, network, planned, limit) : 0n;
  return {
    ...price,
    gasLimit: limit,
    dataFee,
    expected: estimate * price.current + dataFee,
    highest: limit * price.max + divCeil(dataFee * 5n, 4n),
  };
}

/** The fee for the bytes depends on how they compress, so the oracle gets a transaction as long as the real one. On an OP chain alone. */
export async function dataFeeOf(
  client: ChainClient,
  network: Network,
  { to, data, value }: Omit<Planned, "account">,
  gas: bigint,
): Promise<bigint> {
  const unsigned = serializeTransaction({
    type: "eip1559",
    chainId: network.chainId,
    nonce: 0xffff,
    gas,
    maxFeePerGas: 0xffffffffffn,
    maxPriorityFeePerGas: 0xffffffffn,
    ...(to ? { to } : {}),
    ...(data ? { data } : {}),
    ...(value ? { value } : {}),
  });
  const oracle = { abi: gasPriceOracleAbi, address: GAS_PRICE_ORACLE } as const;
  const [l1Fee, operatorFee] = await Promise.all([
    client.readContract({ ...oracle, functionName: "getL1Fee", args: [unsigned] }),
    client.readContract({ ...oracle, functionName: "getOperatorFee", args: [gas] }).catch(zeroIfMissing),
  ]);
  return l1Fee + operatorFee;
}

/** Chains before the Isthmus upgrade have no operator fee. */
function zeroIfMissing(error: unknown): bigint {
  const missing =
    error instanceof BaseError &&
    error.walk(
      (cause) =>
        cause instanceof ContractFunctionRevertedError || cause instanceof ContractFunctionZeroDataError,
    );
  if (missing) return 0n;
  throw error;
}
