import { expect, test } from "vitest";
import { toDecimal } from "./decimal";
import { requiredDeposit } from "./deposit";
import { perDay } from "./rate";
import { DEFAULT_TIERS, effectiveTiers } from "./tier";

const TOKEN = 10n ** 18n;

test("the default tiers are 1, 10 and 100 a day with 10, 100 and 1000 requests an hour (S0.2)", () => {
  expect(DEFAULT_TIERS).toEqual({
    basic: {
      name: "basic",
      rate: { amount: 1_000_000_000_000_000_000n, periodMs: 86_400_000n },
      maxRequestsPerHour: 10,
      priority: "normal",
    },
    professional: {
      name: "professional",
      rate: { amount: 10_000_000_000_000_000_000n, periodMs: 86_400_000n },
      maxRequestsPerHour: 100,
      priority: "high",
    },
    enterprise: {
      name: "enterprise",
      rate: { amount: 100_000_000_000_000_000_000n, periodMs: 86_400_000n },
      maxRequestsPerHour: 1_000,
      priority: "critical",
    },
  });
});

test("given an override of provider A, provider B keeps the default and A's deposit is 4.166667 (D0.5, D0.6)", () => {
  const a = effectiveTiers({ professional: { rate: perDay(25n * TOKEN) } });
  const b = effectiveTiers();
  expect(toDecimal(requiredDeposit(a.professional.rate), 18, 6, "nearest")).toBe("4.166667");
  expect(a.professional).toMatchObject({ maxRequestsPerHour: 100, priority: "high", overridden: true });
  expect(a.basic.overridden).toBe(false);
  expect(b.professional.rate.amount).toBe(10n * TOKEN);
});

test("given a caller that changes what it got, nobody else sees it (D0.5)", () => {
  const mine = effectiveTiers() as Record<string, { maxRequestsPerHour: number; rate: { amount: bigint } }>;
  const basic = mine.basic;
  if (!basic) throw new Error("no basic tier");
  basic.maxRequestsPerHour = 5_000;
  basic.rate.amount = 1n;
  expect(effectiveTiers().basic).toMatchObject({ maxRequestsPerHour: 10, rate: { amount: TOKEN } });
  expect(DEFAULT_TIERS.basic).toMatchObject({ maxRequestsPerHour: 10, rate: { amount: TOKEN } });
});

test.each(["gold", "Basic", "constructor", "__proto__x"])(
  "given a tier %s, it refuses and names it (S0.3)",
  (name) => {
    expect(() => effectiveTiers({ [name]: { maxRequestsPerHour: 1 } })).toThrow(`Unknown tier: ${name}`);
  },
);

test.each([0, -1, 1.5, Number.NaN])("given %s requests an hour, it refuses", (maxRequestsPerHour) => {
  expect(() => effectiveTiers({ basic: { maxRequestsPerHour } })).toThrow(RangeError);
});

test("given a rate of zero, it refuses", () => {
  expect(() => effectiveTiers({ basic: { rate: { amount: 0n, periodMs: 1n } } })).toThrow(RangeError);
});
