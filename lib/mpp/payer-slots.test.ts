import { expect, test } from "vitest";
import { createPayerSlots } from "./payer-slots";

test("given as many slots as a payer may hold, the next is refused, and another payer is not touched", () => {
  const { take } = createPayerSlots({ perPayer: 2 });
  take("0xa");
  const give = take("0xa");
  expect(() => take("0xa")).toThrow("At most 2 event streams at once. Nothing was charged.");
  expect(take("0xb")).toBeTypeOf("function");
  give();
  expect(take("0xa")).toBeTypeOf("function");
});

test("given a slot that is given back twice, it is one slot", () => {
  const { take } = createPayerSlots({ perPayer: 2 });
  take("0xa");
  const give = take("0xa");
  give();
  give();
  take("0xa");
  expect(() => take("0xa")).toThrow("At most 2");
});
