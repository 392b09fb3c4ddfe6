import fc from "fast-check";
import { expect, test } from "vitest";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { shownDifference } from "./shown-difference";

const units = (text: string) => BigInt(text.replace(".", ""));

test("two halves of 1.666667 are shown as figures that add up to it", () => {
  const total = 1_666_667_000_000_000_000n;
  const paid = 717_476_543_210_987n;
  expect(shownDifference(paid, 0n, LEDGER_ASSET, 9)).toBe("0.000717476");
  expect(shownDifference(total, paid, LEDGER_ASSET, 9)).toBe("1.665949524");
});

test("an asset of 6 decimals is shown to the last of them, however many are asked for", () => {
  expect(shownDifference(1_500_000n, 250_001n, { symbol: "USDC", decimals: 6 }, 9)).toBe("1.249999");
});

test("however a total is cut into lines, the lines that are shown add up to the total that is shown", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 22n }), { minLength: 1, maxLength: 6 }),
      (parts) => {
        const bounds = [0n];
        for (const part of parts) bounds.push((bounds.at(-1) ?? 0n) + part);
        const total = bounds.at(-1) ?? 0n;
        const lines = parts.map((_, index) =>
          units(shownDifference(bounds[index + 1] ?? 0n, bounds[index] ?? 0n, LEDGER_ASSET, 9)),
        );
        expect(lines.reduce((sum, line) => sum + line, 0n)).toBe(
          units(shownDifference(total, 0n, LEDGER_ASSET, 9)),
        );
      },
    ),
    { numRuns: 10_000 },
  );
});

test("given a low bound above the high one, it shows nothing rather than less", () => {
  expect(shownDifference(1n, 2n * 10n ** 18n, LEDGER_ASSET, 6)).toBe("0.000000");
});
