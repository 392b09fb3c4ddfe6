import { describe, expect, test } from "vitest";
import { chooseFigures } from "./bench-options";

const names = ["paid-call/next", "paid-call/server", "settle/100k"];

describe("chooseFigures", () => {
  test("without a choice, all are measured", () => {
    expect([...chooseFigures(names, undefined)]).toEqual(names);
  });

  test("one by its name, several by how they start, and lists with commas", () => {
    expect([...chooseFigures(names, ["settle/100k"])]).toEqual(["settle/100k"]);
    expect([...chooseFigures(names, ["paid-call"])]).toEqual(["paid-call/next", "paid-call/server"]);
    expect([...chooseFigures(names, ["settle,paid-call/next"])]).toEqual(["settle/100k", "paid-call/next"]);
  });

  test("a name that no figure has is refused, so that nothing is left out by a typing error", () => {
    expect(() => chooseFigures(names, ["paid-cal"])).toThrow('There is no figure "paid-cal".');
  });
});
