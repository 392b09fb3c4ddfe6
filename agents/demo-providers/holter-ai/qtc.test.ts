import { describe, expect, test } from "vitest";
import { answerQtc } from "./qtc";
import { qtcBand } from "./qtc-band";

describe("qtcBand", () => {
  // Rautaharju 2009: 450 (male), 460 (female), 390; Drew 2010: 500.
  test.each([
    [390, "male", "short"],
    [390.1, "male", "normal"],
    [449.9, "male", "normal"],
    [450, "male", "prolonged"],
    [450, "female", "normal"],
    [459.9, "female", "normal"],
    [460, "female", "prolonged"],
    [500, "female", "prolonged"],
    [500.1, "male", "markedly-prolonged"],
  ] as const)("%d ms (%s) is %s", (qtcMs, sex, code) => {
    expect(qtcBand(qtcMs, sex).code).toBe(code);
  });
});

describe("answerQtc", () => {
  test("given the rate or the RR that it stands for, the corrections are the same", () => {
    const byRate = answerQtc({ qtMs: 400, heartRateBpm: 75, sex: "male" });
    const byRr = answerQtc({ qtMs: 400, rrMs: 800, sex: "male" });
    expect(byRate.corrections).toEqual(byRr.corrections);
    expect(byRate.heartRateBpm).toBe(75);
  });

  // √0.8 = 0.894427, ∛0.8 = 0.928318: 400 / 0.894427 = 447.2; 400 / 0.928318 = 430.9; 400 + 30.8; 400 + 26.25.
  test("given QT 400 at 75, it lists the four by name", () => {
    const { corrections } = answerQtc({ qtMs: 400, heartRateBpm: 75, sex: "male" });
    expect(corrections.map(({ method, qtcMs }) => [method, qtcMs])).toEqual([
      ["bazett", 447.2],
      ["fridericia", 430.9],
      ["framingham", 430.8],
      ["hodges", 426.3],
    ]);
  });

  test("given a fast rate, it says that Bazett disagrees with the verdict", () => {
    const { interpretation } = answerQtc({ qtMs: 334, heartRateBpm: 112, sex: "male" });
    expect(interpretation.code).toBe("normal");
    expect(interpretation.meaning).toContain("bazett says prolonged");
  });
});
