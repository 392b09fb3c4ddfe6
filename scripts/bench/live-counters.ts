import { PROVIDER } from "./bench-database";
import type { BenchResult } from "./bench-result";
import { type CounterFigures, measureCounters } from "./counters";
import { withBenchSite } from "./with-bench-site";

const COUNTERS = 1_000;
/** A clock of frames is never exact: one late frame in a minute is not a miss. */
const SIXTY = 59.5;

/** How smoothly 1,000 counters move on the wall of streams, in a real browser. */
export async function measureLiveCounters(): Promise<BenchResult[]> {
  return [toResult(await withBenchSite((baseUrl) => measureCounters(baseUrl, PROVIDER)))];
}

function toResult(figures: CounterFigures): BenchResult {
  const { counters, moved, framesPerSecond, lateFrames, frames, mainThreadShare, scriptShare } = figures;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return {
    name: "counters/1000",
    value: framesPerSecond,
    unit: "frames/s",
    baseline: null,
    ratio: null,
    p50Ms: figures.p50FrameMs,
    p99Ms: figures.p99FrameMs,
    targets: [{ text: "1,000 visible counters hold 60 frames a second", met: framesPerSecond >= SIXTY }],
    notes: [
      `${counters} counters on screen, drawn by software; main thread busy ${percent(mainThreadShare)} of the time, scripts ${percent(scriptShare)}; ${lateFrames} of ${frames} frames came late. Latencies are the gaps between frames.`,
    ],
    faults: [
      ...(counters < COUNTERS ? [`only ${counters} counters were on screen`] : []),
      ...(moved < counters ? [`only ${moved} of ${counters} counters moved`] : []),
    ],
  };
}
