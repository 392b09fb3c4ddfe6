// `npm run bench`: every promise about speed, measured in one run. See scripts/bench/options.ts for how to call it.
import { readBenchOptions } from "./bench/bench-options";
import type { BenchOptions, BenchResult } from "./bench/bench-result";
import { measureMppx } from "./bench/mppx-per-call";
import { measurePaidCalls, PAID_CALL_NAMES } from "./bench/paid-call";
import { measureScale } from "./bench/scale";
import { describeFailure } from "./report.mjs";

type Part = { names: readonly string[]; measure: (options: BenchOptions) => Promise<BenchResult[]> };

const parts: Part[] = [
  { names: PAID_CALL_NAMES, measure: measurePaidCalls },
  { names: ["mppx/per-call"], measure: measureMppx },
  { names: ["scale/1m"], measure: measureScale },
];
const options = readBenchOptions(parts.flatMap(({ names }) => names));

for (const { names, measure } of parts) {
  if (!names.some((name) => options.only.has(name))) continue;
  try {
    for (const result of await measure(options)) {
      console.log(result);
      if (result.faults.length > 0) process.exitCode = 1;
    }
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}
