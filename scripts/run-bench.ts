// `npm run bench`: every promise about speed, measured in one run. How to call it: scripts/bench/bench-options.ts, or --help.

import { stopBenchDatabases } from "./bench/bench-database";
import { formatNumber } from "./bench/bench-markdown";
import { readBenchOptions } from "./bench/bench-options";
import { benchParts } from "./bench/bench-parts";
import type { BenchResult } from "./bench/bench-result";
import { describeRun, writeReport } from "./bench/write-report";
import { bold, describeFailure, green, red } from "./report.mjs";

const names = benchParts.flatMap((part) => part.names);
const options = readBenchOptions(names);
const wanted = benchParts.filter((part) => part.names.some((name) => options.only.has(name)));
const minutes = wanted.reduce((sum, part) => sum + part.seconds(options), 0) / 60;
console.log(
  `${wanted
    .flatMap((part) => part.names)
    .filter((name) => options.only.has(name))
    .join(", ")}: about ${Math.ceil(minutes)} min`,
);

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stopBenchDatabases().finally(() => process.exit(1))); // Programs end with this one.

const results: BenchResult[] = [];
for (const part of wanted) {
  console.log(`\n${bold(part.title)}`);
  try {
    for (const result of await part.measure(options)) {
      print(result);
      if (result.faults.length === 0) results.push(result);
    }
  } catch (error) {
    console.error(describeFailure(error)); // The other parts go on.
    process.exitCode = 1;
  }
}
if (options.quick || options.alone || options.profile)
  console.log("\nNothing was written down: figures of --quick, --alone and --profile compare with nothing.");
else if (results.length > 0) {
  writeReport(results, names, describeRun());
  console.log("\nWritten to docs/benchmarks.md and docs/benchmarks.json.");
}
process.exit(); // Whatever a failed part left behind ends with this process.

function print({
  name,
  value,
  unit,
  baseline,
  ratio,
  p50Ms,
  p99Ms,
  targets,
  notes,
  faults,
}: BenchResult): void {
  const compared = ratio === null ? "" : `, ${ratio.toPrecision(3)} of ${baseline}`;
  const latency = p50Ms === null ? "" : `, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms?.toFixed(1)} ms`;
  console.log(`${bold(name)}: ${formatNumber(value)} ${unit}${compared}${latency}`);
  for (const { text, met } of targets) console.log(`  ${met ? green("met") : red("not met")}: ${text}`);
  for (const note of notes) console.log(`  ${note}`);
  for (const fault of faults.slice(0, 20)) console.error(red(`  ${fault}`));
  if (faults.length > 0) process.exitCode = 1;
}
