import { expect, test } from "vitest";
import { settlementSplit } from "./settlement";

test.each([
  { given: "less earned than funded", terms: [100n, 30n, 20n, 0n], split: [50n, 50n, 50n] },
  { given: "a part billed before", terms: [100n, 30n, 20n, 45n], split: [50n, 5n, 50n] },
  { given: "all of it earned", terms: [100n, 80n, 20n, 0n], split: [100n, 100n, 0n] },
  { given: "more accrued than funded", terms: [100n, 500n, 20n, 0n], split: [100n, 100n, 0n] },
  { given: "nothing earned", terms: [100n, 0n, 0n, 0n], split: [0n, 0n, 100n] },
])("given $given, refund and paid make the deposit and nothing is owed (D0.3)", ({ terms, split }) => {
  const [funded = 0n, accrued = 0n, used = 0n, billed = 0n] = terms;
  const [paid, due, refund] = split;
  expect(settlementSplit({ funded, accrued, used, billed })).toEqual({ paid, due, refund, owed: 0n });
});

test("given more billed than earned, it stops instead of paying on", () => {
  expect(() => settlementSplit({ funded: 100n, accrued: 10n, used: 0n, billed: 11n })).toThrow(RangeError);
});
