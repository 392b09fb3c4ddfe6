import fc from "fast-check";
import { expect, test } from "vitest";
import { payoutOf } from "./payout";

test.each([
  { asked: 1_000_000_000_000_000_000n, amount: 1_000_000n, debit: 1_000_000_000_000_000_000n, left: 0n },
  {
    asked: 1_234_567_890_123_456_789n,
    amount: 1_234_567n,
    debit: 1_234_567_000_000_000_000n,
    left: 890_123_456_789n,
  },
  { asked: 999_999_999_999n, amount: 0n, debit: 0n, left: 999_999_999_999n },
])("given $asked, $amount is paid and $left stays", ({ asked, ...payout }) => {
  expect(payoutOf(asked, { worth: 10n ** 12n })).toEqual(payout);
});

test("given a token as fine as the ledger, nothing is left over", () => {
  expect(payoutOf(123n, { worth: 1n })).toEqual({ amount: 123n, debit: 123n, left: 0n });
});

test("it never takes more than was asked, and leaves less than one unit of the token", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 36n }),
      fc.bigInt({ min: 0n, max: 18n }),
      (asked, decimals) => {
        const worth = 10n ** decimals;
        const { amount, debit, left } = payoutOf(asked, { worth });
        expect(debit + left).toBe(asked);
        expect(debit).toBe(amount * worth);
        expect(left >= 0n && left < worth).toBe(true);
      },
    ),
  );
});
