import { type Hex, keccak256, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { mayHave } from "./bloom";

/**
 * Written out by hand: a log of the zero address alone sets bits 0x100 | ... of keccak256(20 zero bytes) =
 * 5380c7b7ae81a58eb98d9c78de4a1fd7fd9535fc953ed2be602daaa41767312a: 0x5380, 0xc7b7 and 0xae81, modulo 2048.
 */
const BITS = [0x380, 0x7b7, 0x681];
const zero: Hex = `0x${"00".repeat(20)}`;

function bloomOf(bits: readonly number[]): Hex {
  const value = bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
  return toHex(value, { size: 256 });
}

describe("mayHave", () => {
  const filter = (address: Hex, ...topics: (readonly Hex[] | null)[]) => ({ address: [address], topics });

  test("an address is there only with all of its three bits", () => {
    expect(keccak256(zero).slice(2, 14)).toBe("5380c7b7ae81");
    expect(mayHave(bloomOf(BITS), filter(zero))).toBe(true);
    for (const missing of BITS)
      expect(mayHave(bloomOf(BITS.filter((bit) => bit !== missing)), filter(zero))).toBe(false);
    expect(mayHave(bloomOf([]), filter(zero))).toBe(false);
  });

  test("each position needs one of its topics; null takes anything", () => {
    const other: Hex = `0x${"11".repeat(20)}`;
    expect(mayHave(bloomOf(BITS), filter(zero, null, null))).toBe(true);
    expect(mayHave(bloomOf(BITS), filter(zero, [other]))).toBe(false);
    expect(mayHave(bloomOf(BITS), filter(zero, [other, zero]))).toBe(true);
    expect(mayHave(bloomOf(BITS), filter(zero, [zero], [other]))).toBe(false);
  });

  test("without a bloom nothing is ruled out", () => {
    expect(mayHave(null, filter(zero))).toBe(true);
  });
});
