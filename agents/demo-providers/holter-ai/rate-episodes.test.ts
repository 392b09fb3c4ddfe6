import { describe, expect, test } from "vitest";
import { RateEpisodeFinder } from "./rate-episodes";

function episodes(intervals: readonly number[]) {
  const finder = new RateEpisodeFinder();
  let startMs = 0;
  const found = intervals.map((rrMs) => {
    const ended = finder.add(rrMs, startMs);
    startMs += rrMs;
    return ended;
  });
  return [...found, finder.finish()].filter((episode) => episode !== null);
}

const repeat = (count: number, rrMs: number) => new Array<number>(count).fill(rrMs);

describe("RateEpisodeFinder", () => {
  test("given eight intervals at 120 beats a minute among slower ones, it tells start, length and rate", () => {
    expect(episodes([...repeat(5, 800), ...repeat(8, 500), ...repeat(5, 800)])).toEqual([
      { kind: "tachycardia", startSeconds: 4, durationSeconds: 4, intervals: 8, meanHeartRateBpm: 120 },
    ]);
  });

  test("given an episode at the very end, finishing tells it", () => {
    expect(episodes([...repeat(2, 800), ...repeat(9, 1500)])).toEqual([
      { kind: "bradycardia", startSeconds: 1.6, durationSeconds: 13.5, intervals: 9, meanHeartRateBpm: 40 },
    ]);
  });

  test.each([
    { given: "seven fast intervals", intervals: repeat(7, 500) },
    { given: "100 beats a minute exactly", intervals: repeat(20, 600) },
    { given: "50 beats a minute exactly", intervals: repeat(20, 1200) },
    { given: "a run that a normal beat cuts", intervals: [...repeat(7, 500), 800, ...repeat(7, 500)] },
  ])("given $given, it finds none", ({ intervals }) => {
    expect(episodes(intervals)).toEqual([]);
  });

  test("given slow right after fast, it tells both", () => {
    const kinds = episodes([...repeat(8, 500), ...repeat(8, 1500)]).map(({ kind }) => kind);
    expect(kinds).toEqual(["tachycardia", "bradycardia"]);
  });
});
