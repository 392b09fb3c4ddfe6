import type { BenchOptions, BenchResult } from "./bench-result";
import { measureChainStreams } from "./chain-streams";
import { measureLiveCounters } from "./live-counters";
import { measureMarketScript } from "./market-script";
import { MEMORY_NAMES, measureMemory } from "./memory";
import { measureMppx } from "./mppx-per-call";
import { measurePaidCalls, PAID_CALL_NAMES } from "./paid-call";
import { measureScale } from "./scale";

import { measureSettlement } from "./settle";

/** One or several figures that are measured together. */
export type BenchPart = {
  title: string;
  names: readonly string[];
  /** About how long it takes. */
  seconds: (options: BenchOptions) => number;
  measure: (options: BenchOptions) => Promise<BenchResult[]>;
};

const load = ({ rounds, seconds }: BenchOptions, sides: number) => sides * rounds * (seconds + 1);

/** Everything that is measured, in the order of the report. */
export const benchParts: readonly BenchPart[] = [
  {
    title: "Paid calls",
    names: PAID_CALL_NAMES,
    seconds: (options) => 20 + load(options, options.alone ? 1 : 6),
    measure: measurePaidCalls,
  },
  {
    title: "Against mppx, call by call",
    names: ["mppx/per-call"],
    seconds: (options) => 60 + load(options, 3),
    measure: measureMppx,
  },
  {
    title: "A million streams",
    names: ["scale/1m"],
    seconds: (options) => (options.quick ? 15 : 300) + load(options, 3),
    measure: measureScale,
  },
  {
    title: "Streams on a chain",
    names: ["chain/authorise"],
    seconds: (options) => 30 + load(options, 2),
    measure: measureChainStreams,
  },
  {
    title: "One settlement of 100,000 streams",
    names: ["settle/100k"],
    seconds: ({ rounds, quick }) => (quick ? 15 : 60 + rounds * 12),
    measure: measureSettlement,
  },
  {
    title: "Memory under load",
    names: MEMORY_NAMES,
    seconds: ({ memoryMinutes }) => 60 + memoryMinutes * 66, // And a look at millions of calls in the books.
    measure: measureMemory,
  },
  {
    title: "JavaScript of the market page",
    names: ["js/market"],
    seconds: () => 20,
    measure: measureMarketScript,
  },
  {
    title: "A thousand live counters",
    names: ["counters/1000"],
    seconds: () => 60,
    measure: measureLiveCounters,
  },
];
