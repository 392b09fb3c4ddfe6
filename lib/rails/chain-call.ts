import type { Address, Hex } from "viem";

/**
 * One transaction for a wallet to sign. `value`: wei of the network's coin. `says`: what it does, a sentence for the person who signs,
 * made from the same figures as `data`.
 */
export type ChainCall = { to: Address; data: Hex; value: bigint; says: string };

/** A token as the sentence of a call names it; `decimals` of this network, which are not the same everywhere. */
export type CallToken = { address: Address; symbol: string; decimals: number };
