import { expect, test } from "vitest";
import { createCallSlots } from "./call-slots";
import { createUnpaidLimit } from "./unpaid-limit";

test("one stream has its places and no more, and what is given back twice is given back once", () => {
  const slots = createCallSlots({ max: 3, perStream: 2 });
  const [first] = [slots.take("str_a"), slots.take("str_a")];
  expect(() => slots.take("str_a")).toThrow("One stream pays for 2 answers at once.");
  slots.take("str_b");
  expect(() => slots.take("str_c")).toThrow("The model is busy.");
  first?.();
  first?.();
  expect(slots.taken()).toBe(2);
  slots.take("str_a");
  expect(() => slots.take("str_a")).toThrow();
});

test("who never pays is stopped, alone and together with others, until the minute is over", () => {
  let nowMs = 0;
  const limit = createUnpaidLimit({ perAddress: 2, all: 3, nowMs: () => nowMs });
  const ask = (address: string) => {
    limit.check(address);
    limit.count(address);
  };
  ask("a");
  ask("a");
  nowMs = 15_000;
  expect(() => ask("a")).toThrow(expect.objectContaining({ status: 429, headers: { "retry-after": "45" } }));
  ask("b");
  expect(() => ask("c")).toThrow(expect.objectContaining({ code: "rate-limited" }));
  nowMs = 60_000;
  ask("a");
});
