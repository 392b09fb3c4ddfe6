import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareRates, perDay, rate } from "@/lib/domain/rate";
import { escrowDeposit } from "./escrow-deposit";

const DOLLAR = 10n ** 18n;
const SIX_DECIMALS = 10n ** 12n;
const DAY_MS = 86_400_000n;

describe("escrowDeposit", () => {
  test.each([
    { given: "6 decimals", price: perDay(DOLLAR), ms: DAY_MS, worth: SIX_DECIMALS, amount: 1_000_000n },
    { given: "18 decimals", price: perDay(DOLLAR), ms: DAY_MS, worth: 1n, amount: DOLLAR },
    {
      given: "6 decimals and a third of a unit",
      ...{ price: perDay(DOLLAR), ms: 14_400_000n, worth: SIX_DECIMALS, amount: 166_667n },
    },
    {
      given: "18 decimals and a third of a unit",
      ...{ price: perDay(DOLLAR), ms: 14_400_000n, worth: 1n, amount: 166_666_666_666_666_667n },
    },
    {
      given: "a time that is no whole second",
      ...{ price: rate(DOLLAR, 1_000n), ms: 1_001n, worth: SIX_DECIMALS, amount: 2_000_000n },
    },
    {
      given: "a price below a base unit a second, which the contract does not take",
      ...{ price: perDay(1n), ms: DAY_MS, worth: SIX_DECIMALS, amount: 86_400n },
    },
  ])("given $given, it locks $amount", ({ price, ms, worth, amount }) => {
    expect(escrowDeposit(price, ms, worth).amount).toBe(amount);
  });

  test("counts whole seconds, rounded up", () => {
    expect(escrowDeposit(perDay(DOLLAR), 1n, 1n).durationSeconds).toBe(1n);
    expect(escrowDeposit(perDay(DOLLAR), 60_001n, 1n).durationSeconds).toBe(61n);
  });

  test("is never slower than the price, so that the stream pays for its tier", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 24n }),
        fc.bigInt({ min: 1_000n, max: 2_592_000_000n }),
        fc.bigInt({ min: 1_000n, max: 31_536_000_000n }),
        fc.constantFrom(1n, SIX_DECIMALS),
        (units, periodMs, durationMs, worth) => {
          const price = rate(units, periodMs);
          const { amount, durationSeconds } = escrowDeposit(price, durationMs, worth);
          const flows = rate(amount * worth, durationSeconds * 1_000n);
          expect(compareRates(flows, price)).toBeGreaterThanOrEqual(0);
          expect(durationSeconds * 1_000n >= durationMs && amount >= durationSeconds).toBe(true);
        },
      ),
    );
  });
});
