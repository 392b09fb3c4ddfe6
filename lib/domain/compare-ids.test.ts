import { describe, expect, test } from "vitest";
import { compareIds } from "./compare-ids";

describe("compareIds", () => {
  test.each([
    { given: "nothing", param: undefined, ids: [] },
    { given: "a link", param: "dnai,holterai", ids: ["dnai", "holterai"] },
    { given: "a form", param: ["dnai", "holterai"], ids: ["dnai", "holterai"] },
    { given: "one twice", param: "dnai,dnai", ids: ["dnai"] },
    { given: "five", param: "aa,bb,cc,dd,ee", ids: ["aa", "bb", "cc", "dd"] },
    { given: "what is no id", param: "dnai,,A b,../x,holterai", ids: ["dnai", "holterai"] },
  ])("given $given, it is $ids", ({ param, ids }) => {
    expect(compareIds(param)).toEqual(ids);
  });
});
