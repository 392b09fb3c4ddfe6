import fc from "fast-check";
import { expect, test } from "vitest";
import { hourlyWindow } from "./hourly-window";

test("given fewer requests than the limit, it lets the next one pass", () => {
  expect(hourlyWindow(null, 0n)).toEqual({ allowed: true });
});

test.each([
  { given: "the same moment", earlier: 0n, at: 0n, retryAfterSeconds: 3_600n },
  { given: "a millisecond later", earlier: 0n, at: 1n, retryAfterSeconds: 3_600n },
  { given: "a second later", earlier: 0n, at: 1_000n, retryAfterSeconds: 3_599n },
  { given: "a millisecond before the hour is over", earlier: 5n, at: 3_600_004n, retryAfterSeconds: 1n },
])("given $given, it refuses and says $retryAfterSeconds s", ({ earlier, at, retryAfterSeconds }) => {
  expect(hourlyWindow(earlier, at)).toEqual({
    allowed: false,
    opensMs: earlier + 3_600_000n,
    retryAfterSeconds,
  });
});

test("given exactly an hour, it lets it pass", () => {
  expect(hourlyWindow(5n, 3_600_005n)).toEqual({ allowed: true });
});

test("no hour ever holds more than the limit, and no request is refused that would fit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.bigInt({ min: 0n, max: 1_500_000n }), { maxLength: 40 }),
      (limit, gaps) => {
        const passed: bigint[] = [];
        let atMs = 0n;
        for (const gap of gaps) {
          atMs += gap;
          const fits = passed.filter((earlier) => earlier > atMs - 3_600_000n).length < limit;
          const window = hourlyWindow(passed.at(-limit) ?? null, atMs);
          expect(window.allowed).toBe(fits);
          if (window.allowed) passed.push(atMs);
        }
      },
    ),
    { numRuns: 10_000 },
  );
}, 120_000);
