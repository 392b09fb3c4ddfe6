import { expect, test } from "vitest";
import { intentFor } from "./intent-key";

const keys = () => {
  let count = 0;
  return () => `key-${++count}`;
};

test("given the same terms again, the key stays: a repeated click or a retry is one operation", () => {
  const newKey = keys();
  const first = intentFor(null, { streamId: "str_1", amount: 5n }, newKey);
  expect(intentFor(first, { streamId: "str_1", amount: 5n }, newKey)).toBe(first);
});

test("given other terms, it is another intention", () => {
  const newKey = keys();
  const first = intentFor(null, { streamId: "str_1", amount: 5n }, newKey);
  expect(intentFor(first, { streamId: "str_1", amount: 6n }, newKey).key).not.toBe(first.key);
  expect(intentFor(first, { streamId: "str_1", amount: "5" }, newKey).key).not.toBe(first.key);
});
