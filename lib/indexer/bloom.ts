import { type Hex, hexToBytes, keccak256 } from "viem";
import type { LogFilter } from "./chain-reader";

const bitsOf = new Map<Hex, readonly number[]>();

/**
 * Whether a block with this bloom may have a log that the filter wants. Never false when it has one; true by chance the more
 * often the fuller the block. Ethereum Yellow Paper, 4.3.1: three bits of 2,048 for each address and topic.
 *
 * @param bloom null: unknown, so it may
 */
export function mayHave(bloom: Hex | null, { address, topics }: LogFilter): boolean {
  if (!bloom) return true;
  const has = (word: Hex) => bits(word).every((bit) => isSet(bloom, bit));
  return address.some(has) && topics.every((words) => !words || words.some(has));
}

function bits(word: Hex): readonly number[] {
  const known = bitsOf.get(word);
  if (known) return known;
  const digest = hexToBytes(keccak256(word));
  const found = [0, 2, 4].map((at) => (((digest[at] ?? 0) << 8) | (digest[at + 1] ?? 0)) & 2047);
  if (bitsOf.size < 10_000) bitsOf.set(word, found);
  return found;
}

/** Bit 0 is the last one of the 256 bytes. */
function isSet(bloom: Hex, bit: number): boolean {
  const digit = Number.parseInt(bloom[bloom.length - 1 - (bit >> 2)] ?? "0", 16);
  return ((digit >> (bit & 3)) & 1) === 1;
}
