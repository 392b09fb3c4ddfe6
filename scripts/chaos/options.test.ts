import { describe, expect, test } from "vitest";
import { readOptions } from "./options";

describe("readOptions", () => {
  test("given nothing, it runs 45 s on the gateway with a seed of its own", () => {
    expect(readOptions([])).toMatchObject({
      seconds: 45,
      payers: 16,
      server: "gateway",
      plant: null,
      keep: false,
    });
  });

  test("given everything, it takes it as it is", () => {
    const args = [
      "--seed",
      "7",
      "--minutes",
      "2",
      "--payers",
      "3",
      "--server",
      "next",
      "--plant",
      "double-bill",
      "--keep",
    ];
    expect(readOptions(args)).toEqual({
      seed: 7,
      seconds: 120,
      payers: 3,
      server: "next",
      plant: "double-bill",
      keep: true,
    });
  });

  test("given --help, it asks for help", () => {
    expect(readOptions(["--help"])).toBe("help");
  });

  test.each([
    ["--seed", "-1"],
    ["--seed", "1.5"],
    ["--seconds", "0"],
    ["--seconds", "10", "--minutes", "1"],
    ["--server", "apache"],
    ["--plant", "toString"],
    ["--loud"],
    ["45"],
  ])("given %s %s, it refuses", (...args) => {
    expect(() => readOptions(args)).toThrow(expect.objectContaining({ name: "UsageError" }));
  });
});
