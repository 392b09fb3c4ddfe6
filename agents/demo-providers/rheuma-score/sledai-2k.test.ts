import { describe, expect, test } from "vitest";
import { answerSledai2k, sledai2k } from "./sledai-2k";
import { type SledaiDescriptor, sledaiDescriptors } from "./sledai-descriptors";

const names = Object.keys(sledaiDescriptors) as SledaiDescriptor[];
const everything = Object.fromEntries(names.map((name) => [name, true]));

describe("sledai2k", () => {
  // Gladman 2002, and the range 0-105 that EULAR's table of indices states (ard.bmj.com, SLEDAI-2K).
  test("it has 24 descriptors that add up to 105", () => {
    expect(names).toHaveLength(24);
    expect(sledai2k(everything)).toBe(105);
  });

  // Gladman 2002: 8 descriptors of 8 points, 6 of 4, 7 of 2 and 3 of 1.
  test.each([
    [8, 8],
    [4, 6],
    [2, 7],
    [1, 3],
  ])("of weight %i there are %i", (weight, count) => {
    expect(names.filter((name) => sledaiDescriptors[name].weight === weight)).toHaveLength(count);
  });

  // Weights as in the published form: arthritis 4 + proteinuria 4 + rash 2 + low complement 2 = 12.
  test("given arthritis, proteinuria, rash and low complement, it is 12", () => {
    expect(
      sledai2k({ arthritis: true, proteinuria: true, rash: true, lowComplement: true, fever: false }),
    ).toBe(12);
  });

  test("given every descriptor denied, it is 0, and a denied one adds nothing", () => {
    expect(sledai2k(Object.fromEntries(names.map((name) => [name, false])))).toBe(0);
    expect(sledai2k({ seizure: false, fever: true })).toBe(1);
  });
});

describe("answerSledai2k", () => {
  // Cook 2000: 0, 1-5, 6-10, 11-19, 20 or more.
  const cases: readonly [SledaiDescriptor[], number, string][] = [
    [[], 0, "none"],
    [["fever"], 1, "mild"],
    [["arthritis", "fever"], 5, "mild"],
    [["arthritis", "rash"], 6, "moderate"],
    [["seizure", "rash"], 10, "moderate"],
    [["seizure", "rash", "fever"], 11, "high"],
    [["seizure", "psychosis", "rash", "fever"], 19, "high"],
    [["seizure", "psychosis", "arthritis"], 20, "very-high"],
  ];
  test.each(cases)("given %j, it is %i: %s", (present, score, band) => {
    const answer = answerSledai2k({
      leukopenia: false,
      ...Object.fromEntries(present.map((name) => [name, true])),
    });
    expect(answer.sledai2k).toBe(score);
    expect(answer.interpretation.code).toBe(band);
    expect(answer.scored.map(({ descriptor }) => descriptor)).toEqual(
      present.length ? expect.arrayContaining(present) : [],
    );
  });
});
