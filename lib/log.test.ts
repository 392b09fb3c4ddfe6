import { describe, expect, test } from "vitest";
import { maskSecrets } from "./log";

describe("maskSecrets", () => {
  test.each([
    ["Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"],
    ["payment eyJjaGFsbGVuZ2Ui", "payment [redacted]"],
    ["postgresql://user:hunter2@db:5432/x", "postgresql://user:[redacted]@db:5432/x"],
    [`signature 0x${"ab".repeat(65)}`, "signature 0x[redacted]"],
    [`key 0x${"ab".repeat(32)}`, "key 0x[redacted]"],
    [`token ${"A".repeat(43)}`, "token [redacted]"],
  ])("given %s, no credential is left", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test("given what identifies without opening anything, it stays readable", () => {
    const text = "stream str_01a1fb40b7e62e6d3949e6e361997ce7 of 0x1111111111111111111111111111111111111111";
    expect(maskSecrets(text)).toBe(text);
  });
});
