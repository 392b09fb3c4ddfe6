import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServiceEvent } from "../shared/provider";
import { answerArrhythmia, streamArrhythmia } from "./arrhythmia";
import { exampleSeries } from "./example-series";
import { pseudoRandom } from "./pseudo-random";

const repeat = (count: number, rrMs: number) => new Array<number>(count).fill(rrMs);

async function eventsOf(rrIntervalsMs: readonly number[]): Promise<ServiceEvent[]> {
  const events: ServiceEvent[] = [];
  for await (const event of streamArrhythmia({ rrIntervalsMs })) events.push(event);
  return events;
}

describe("answerArrhythmia", () => {
  test("given the example series, it finds the beats and the pause that were put into it", () => {
    const answer = answerArrhythmia({ rrIntervalsMs: exampleSeries });
    expect(answer.prematureBeats.listed.map(({ interval }) => interval)).toEqual([30, 75, 110]);
    expect(answer.pauses).toMatchObject({
      count: 1,
      longestMs: 2240,
      listed: [{ interval: 90, rrMs: 2240 }],
    });
    expect(answer.variability.nnIntervals).toBe(140 - 3 - 3 - 1); // early beats, the ones after them, the pause
    expect(answer.irregularity).toMatchObject({ windows: 1, suggestingAf: 0 });
    expect(answer.interpretation.code).toBe("pauses");
  });

  test("given a steady rhythm, it finds nothing and says what was not assessed", () => {
    const answer = answerArrhythmia({ rrIntervalsMs: repeat(60, 800) });
    expect(answer).toMatchObject({ meanHeartRateBpm: 75, durationSeconds: 48, prematureBeats: { count: 0 } });
    expect(answer.interpretation.code).toBe("no-finding");
    expect(answer.interpretation.meaning).toContain("128 intervals");
  });

  test("given 2000 ms exactly it is no pause, and one more is", () => {
    expect(answerArrhythmia({ rrIntervalsMs: [...repeat(9, 1000), 2000] }).pauses.count).toBe(0);
    expect(answerArrhythmia({ rrIntervalsMs: [...repeat(9, 1000), 2001] }).pauses.count).toBe(1);
  });

  test("given random intervals, fibrillation is the first that it names", () => {
    const rrIntervalsMs = pseudoRandom(300, 42).map((value) => 500 + (value % 500));
    const answer = answerArrhythmia({ rrIntervalsMs });
    expect(answer.irregularity).toMatchObject({ windows: 2, suggestingAf: 2 });
    expect(answer.interpretation.code).toBe("irregular-suggests-af");
  });

  test("given any series, its counts and times fit together", () => {
    const series = fc.array(fc.integer({ min: 200, max: 3000 }), { minLength: 10, maxLength: 400 });
    fc.assert(
      fc.property(series, (rrIntervalsMs) => {
        const answer = answerArrhythmia({ rrIntervalsMs });
        const total = rrIntervalsMs.reduce((sum, rrMs) => sum + rrMs, 0);
        expect(answer.intervals).toBe(rrIntervalsMs.length);
        expect(answer.durationSeconds).toBeCloseTo(total / 1000, 6);
        expect(answer.pauses.count).toBe(rrIntervalsMs.filter((rrMs) => rrMs > 2000).length);
        expect(answer.irregularity.windows).toBe(Math.floor(rrIntervalsMs.length / 128));
        expect(answer.variability.nnIntervals).toBeLessThanOrEqual(
          rrIntervalsMs.length - answer.pauses.count,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("streamArrhythmia", () => {
  test("given a long series, its last event is the answer of the other endpoint", async () => {
    const rrIntervalsMs = pseudoRandom(1_200, 7).map((value) => 600 + (value % 400));
    const events = await eventsOf(rrIntervalsMs);
    expect(events.at(-1)).toEqual({ event: "result", data: answerArrhythmia({ rrIntervalsMs }) });
  });

  test("given 1200 intervals, progress tells how far it came after 500, 1000 and 1200", async () => {
    const events = await eventsOf(repeat(1_200, 800));
    const progress = events.filter(({ event }) => event === "progress").map(({ data }) => data);
    expect(progress).toMatchObject([
      { intervals: 500, total: 1200 },
      { intervals: 1000, total: 1200 },
      { intervals: 1200, total: 1200, durationSeconds: 960 },
    ]);
  });

  test("a finding is told in its own chunk, and a run that lasts to the end is told at last", async () => {
    const events = await eventsOf([...repeat(700, 800), 2500, ...repeat(20, 500)]);
    const order = events.map(({ event, data }) => ("kind" in data ? data.kind : event));
    const pause = order.indexOf("pause");
    expect(order.slice(0, pause).filter((name) => name === "progress")).toHaveLength(1);
    expect(order.slice(pause).filter((name) => name === "progress")).toHaveLength(1);
    expect(order.slice(-2)).toEqual(["rate-episode", "result"]);
  });
});
