import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { TYPICAL_GAS } from "./typical-gas";

test("what StreamPay takes typically is what its snapshot says, and at most a third more for cold accounts", () => {
  const file = new URL("../../contracts/snapshots/StreamPay.json", import.meta.url);
  const snapshot = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  const measured = BigInt(snapshot["create ERC-20"] ?? 0);
  expect(TYPICAL_GAS.createEscrow >= measured).toBe(true);
  expect(TYPICAL_GAS.createEscrow * 3n <= measured * 4n).toBe(true);
});
