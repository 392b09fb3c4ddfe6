import type { Hex } from "viem";

export type ChainValue = string | boolean | readonly ChainValue[] | { readonly [name: string]: ChainValue };

/** As they are stored: integers as decimal strings whatever their size, addresses and bytes as lower-case hex. */
export type ChainArgs = Readonly<Record<string, ChainValue>>;

/** One decoded event of the canonical chain. */
export type ChainLog = {
  chainId: number;
  blockNumber: bigint;
  /** In its block. */
  logIndex: number;
  blockHash: Hex;
  /** Of its block. */
  atMs: bigint;
  txHash: Hex;
  /** Of the contract that said it, lower case. */
  address: Hex;
  event: string;
  /** What it is about: see `LogSource`. */
  subjects: readonly string[];
  args: ChainArgs;
};

/** A block as far as the index looks at it. */
export type BlockRef = { number: bigint; hash: Hex; atMs: bigint };

/** Where in the chain it stands. */
export function isBefore(a: ChainLog, b: ChainLog): boolean {
  return a.blockNumber === b.blockNumber ? a.logIndex < b.logIndex : a.blockNumber < b.blockNumber;
}
