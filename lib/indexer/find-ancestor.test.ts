import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Header } from "./chain-reader";
import { findAncestor } from "./find-ancestor";

const hash = (number: number, fork: string) => `0x${fork}${number}` as const;
const block = (number: number, fork: string): Header => ({
  ...{ number: BigInt(number), hash: hash(number, fork), parentHash: "0x0", atMs: 0n, bloom: null },
});

/** A node whose chain is ours up to `common`, and its own up to `head`. */
function node(common: number, head: number) {
  let asked = 0;
  return {
    asked: () => asked,
    async block(number: bigint) {
      asked += 1;
      const at = Number(number);
      return at > head ? null : block(at, at <= common ? "a" : "b");
    },
  };
}

describe("findAncestor", () => {
  test("finds the newest block that both have, wherever it is, in few questions", async () => {
    const numbers = fc.uniqueArray(fc.nat(3_000), { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        numbers,
        fc.integer({ min: -1, max: 3_000 }),
        fc.nat(3_000),
        async (ours, common, more) => {
          const blocks = ours.sort((a, b) => b - a).map((number) => block(number, "a"));
          const reader = node(common, common + more);
          const expected = ours.find((number) => number <= common);
          expect((await findAncestor(reader, blocks))?.number).toBe(
            expected === undefined ? undefined : BigInt(expected),
          );
          expect(reader.asked()).toBeLessThanOrEqual(20);
        },
      ),
    );
  });

  test("asks once when nothing has changed, and twice when one block has", async () => {
    const blocks = [9, 8, 7, 6, 5].map((number) => block(number, "a"));
    const same = node(9, 9);
    await findAncestor(same, blocks);
    expect(same.asked()).toBe(1);
    const one = node(8, 9);
    expect((await findAncestor(one, blocks))?.number).toBe(8n);
    expect(one.asked()).toBe(2);
  });

  test("given no blocks, there is none", async () => {
    expect(await findAncestor(node(9, 9), [])).toBeNull();
  });
});
