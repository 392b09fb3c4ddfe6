import { describe, expect, test } from "vitest";
import { AF_WINDOW, afIrregularity } from "./af-irregularity";
import { pseudoRandom } from "./pseudo-random";

const series = (seed: number, from: number, width: number) =>
  pseudoRandom(AF_WINDOW, seed).map((value) => from + (value % width));

describe("afIrregularity", () => {
  // Worked out in Python with numpy (histogram of 16 bins over the sorted window without 8 at each end).
  test.each([
    { seed: 1, rmssdRatio: 0.2852, entropy: 0.9937, turningPointRatio: 0.6508 },
    { seed: 42, rmssdRatio: 0.2533, entropy: 0.9747, turningPointRatio: 0.6349 },
    { seed: 2024, rmssdRatio: 0.2514, entropy: 0.9866, turningPointRatio: 0.5873 },
  ])(
    "given random intervals of 500 to 999 ms (seed $seed), it suggests fibrillation",
    ({ seed, ...expected }) => {
      expect(afIrregularity(series(seed, 500, 500))).toEqual({ ...expected, suggestsAf: true });
    },
  );

  test("given random intervals within 50 ms, only the RMSSD criterion fails and it does not", () => {
    const found = afIrregularity(series(42, 800, 50));
    expect(found).toEqual({
      rmssdRatio: 0.0249,
      entropy: 0.9611,
      turningPointRatio: 0.627,
      suggestsAf: false,
    });
  });

  test("given bigeminy, every interval turns and two bins hold all: it does not", () => {
    const found = afIrregularity(Array.from({ length: AF_WINDOW }, (_, beat) => (beat % 2 ? 1000 : 600)));
    expect(found).toEqual({ rmssdRatio: 0.5, entropy: 0.25, turningPointRatio: 1, suggestsAf: false });
  });

  test("given a rhythm that never varies, all three are 0", () => {
    const found = afIrregularity(new Array(AF_WINDOW).fill(800));
    expect(found).toEqual({ rmssdRatio: 0, entropy: 0, turningPointRatio: 0, suggestsAf: false });
  });

  test.each([127, 129])("given %i intervals, it throws: the thresholds hold for 128", (count) => {
    expect(() => afIrregularity(new Array(count).fill(800))).toThrow(RangeError);
  });
});
