import { expect, test } from "vitest";
import { suggestedTopUp } from "./suggested-top-up";

const USDC = { symbol: "USDCx", decimals: 18 };
const rate = { amount: 10n ** 19n, periodMs: 86_400_000n }; // 10 a day: 1.6 recurring in 4 h

test.each([
  {
    given: "four hours that do not come out even",
    asset: USDC,
    minimum: 1n,
    units: 1_666_667_000_000_000_000n,
  },
  {
    given: "an empty stream that needs more",
    asset: USDC,
    minimum: 2_000_000_000_000_000_001n,
    units: 2_000_001_000_000_000_000n,
  },
  {
    given: "an asset of 6 decimals",
    asset: { symbol: "USDC", decimals: 6 },
    minimum: 1n,
    units: 1_666_666_666_666_666_667n,
  },
])("given $given, one click adds what the button says", ({ asset, minimum, units }) => {
  expect(suggestedTopUp(rate, asset, minimum)).toBe(units);
});
