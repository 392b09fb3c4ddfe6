import { describe, expect, test } from "vitest";
import type { StreamRequest } from "@/lib/mpp/ledger-method";
import { streamTerms } from "@/lib/mpp/stream-terms";
import { service, testDoor } from "@/lib/mpp/testing/door-fixture";
import { createMoneyPlan } from "./money-plan";
import { checkTerms } from "./spending-caps";

const caps = { maxRatePerDay: 10n ** 18n, maxDeposit: 100n, maxTotal: 250n };

function request(change: (terms: StreamRequest) => void = () => {}): StreamRequest {
  const door = testDoor();
  const tier = door.tiers[0];
  if (!tier) throw new Error("The fixture has a tier.");
  const terms = streamTerms(door, service(), tier, 31_337);
  const made = { ...terms, methodDetails: { ...terms.methodDetails, nonce: "0123456789abcdef" } };
  change(made);
  return made;
}

describe("the money plan", () => {
  test("counts what it commits, and stops exactly at the total", () => {
    const plan = createMoneyPlan(caps);
    plan.commit("a", 100n);
    plan.commit("b", 100n);
    plan.commit("c", 50n);
    expect(plan.total()).toBe(250n);
    expect(() => plan.commit("d", 1n)).toThrow(expect.objectContaining({ reason: "total-too-high" }));
    expect(plan.total()).toBe(250n);
  });

  test("the same intent within 15 s is the same money; after that it is new", () => {
    let now = 0;
    const plan = createMoneyPlan(caps, () => now);
    const first = plan.commit("a", 100n);
    now = 14_999;
    expect(plan.commit("a", 70n)).toBe(first);
    now = 15_000;
    expect(plan.commit("a", 70n)).not.toBe(first);
    expect(plan.total()).toBe(170n);
  });

  test.each([
    { given: "room for the usual deposit", preferred: 80n, minimum: "5", spent: 0n, amount: 80n },
    { given: "a usual deposit above the cap", preferred: 500n, minimum: "5", spent: 0n, amount: 100n },
    { given: "little of the total left", preferred: 80n, minimum: "5", spent: 240n, amount: 10n },
    { given: "less left than the server takes", preferred: 80n, minimum: "50", spent: 240n, amount: 50n },
  ])("given $given, it tops up by $amount", ({ preferred, minimum, spent, amount }) => {
    const plan = createMoneyPlan({ ...caps, maxDeposit: 100n });
    for (let left = spent; left > 0n; left -= 80n) plan.commit(`spent ${left}`, 80n);
    const terms = request(({ methodDetails }) => {
      methodDetails.minimumTopUp = minimum;
    });
    expect(plan.topUpAmount(terms, preferred)).toBe(amount);
  });
});

describe("terms that contradict themselves are not signed", () => {
  test.each<{ given: string; change: (terms: StreamRequest) => void }>([
    { given: "a price per second below the rate", change: (terms) => Object.assign(terms, { amount: "1" }) },
    {
      given: "a rate above the price per second",
      change: ({ methodDetails }) => Object.assign(methodDetails.rate, { amount: "9000000000000000000000" }),
    },
    {
      given: "another token",
      change: ({ methodDetails }) => Object.assign(methodDetails, { token: "SCAM" }),
    },
    { given: "other decimals", change: ({ methodDetails }) => Object.assign(methodDetails, { decimals: 6 }) },
  ])("given $given", ({ change }) => {
    expect(() => checkTerms(request(change), "superstream.test", caps)).toThrow(
      expect.objectContaining({ reason: "wrong-terms" }),
    );
  });

  test("given the cap exactly, it pays; one unit a day more, it does not", () => {
    expect(() => checkTerms(request(), "superstream.test", caps)).not.toThrow();
    expect(() =>
      checkTerms(request(), "superstream.test", { ...caps, maxRatePerDay: 10n ** 18n - 1n }),
    ).toThrow(expect.objectContaining({ reason: "rate-too-high" }));
  });
});
