import { expect, test } from "vitest";
import { gasFloor } from "./gas-floor";

test("nothing but the transaction costs 21,000", () => {
  expect(gasFloor({ input: "0x", events: [] })).toBe(21_000);
});

test("calldata costs 4 a zero byte and 16 any other", () => {
  expect(gasFloor({ input: "0x00ff00", events: [] })).toBe(21_024);
});

test("a new slot costs 22,100, a changed one 5,000, one read 2,100", () => {
  expect(gasFloor({ input: "0x", newSlots: 1, changedSlots: 1, readSlots: 1, events: [] })).toBe(50_200);
});

test("a cleared slot gives 4,800 back", () => {
  expect(gasFloor({ input: "0x", clearedSlots: 1, events: [] })).toBe(21_200);
});

test("at most a fifth comes back", () => {
  // 21,000 + 10 × 5,000 = 71,000; 48,000 would be given back, 14,200 is.
  expect(gasFloor({ input: "0x", clearedSlots: 10, events: [] })).toBe(56_800);
});

test("an event of three topics and two words costs 2,012", () => {
  expect(gasFloor({ input: "0x", events: [{ topics: 3, bytes: 64 }] })).toBe(23_012);
});

test("a payment costs 6,700, and 2,600 more where the account is cold", () => {
  expect(gasFloor({ input: "0x", events: [], coldPayments: 1 })).toBe(30_300);
  expect(gasFloor({ input: "0x", events: [], warmPayments: 1 })).toBe(27_800);
});
