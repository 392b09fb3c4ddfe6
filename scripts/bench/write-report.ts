import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { postgresBinaries } from "../postgres-binaries.mjs";
import { benchMarkdown } from "./bench-markdown";
import type { BenchResult } from "./bench-result";

const JSON_PATH = "docs/benchmarks.json";
const MARKDOWN_PATH = "docs/benchmarks.md";

/** What one run was done on and with. No host name: these files are public. */
export type BenchRun = { date: string; commit: string; machine: string };
/** One line of docs/benchmarks.json. A run of some figures leaves the others as they were, so each has its own date. */
export type BenchRecord = Omit<BenchResult, "faults"> & BenchRun;

/** Writes what was measured into docs/benchmarks.json and docs/benchmarks.md. */
export function writeReport(results: readonly BenchResult[], order: readonly string[], run: BenchRun): void {
  const earlier = existsSync(JSON_PATH) ? (JSON.parse(readFileSync(JSON_PATH, "utf8")) as BenchRecord[]) : [];
  const records = mergeRecords(earlier, results, order, run);
  writeFileSync(JSON_PATH, `${JSON.stringify(records, null, 2)}\n`);
  const before = existsSync(MARKDOWN_PATH) ? readFileSync(MARKDOWN_PATH, "utf8") : "";
  writeFileSync(MARKDOWN_PATH, benchMarkdown(records, before));
}

/** The new in place of the old, in the order of `order`; a figure that no longer exists goes. */
export function mergeRecords(
  earlier: readonly BenchRecord[],
  results: readonly BenchResult[],
  order: readonly string[],
  run: BenchRun,
): BenchRecord[] {
  const records = new Map(earlier.map((record) => [record.name, record]));
  for (const { faults: _none, ...result } of results)
    records.set(result.name, { ...rounded(result), ...run });
  return order.flatMap((name) => records.get(name) ?? []);
}

function rounded(result: Omit<BenchResult, "faults">): Omit<BenchResult, "faults"> {
  const round = (value: number | null) => (value === null ? null : Number(value.toPrecision(4)));
  return {
    ...result,
    value: Number(result.value.toPrecision(5)),
    ratio: round(result.ratio),
    p50Ms: round(result.p50Ms),
    p99Ms: round(result.p99Ms),
  };
}

export function describeRun(): BenchRun {
  const [cpu, ...others] = cpus();
  const postgres = spawnSync(postgresBinaries().postgres, ["--version"], { encoding: "utf8" }).stdout;
  const version = /\d[\d.]*/.exec(postgres)?.[0] ?? "unknown";
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commitNow(),
    machine:
      `${cpu?.model.trim() ?? "unknown processor"}, ${others.length + 1} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ` +
      `${process.platform} ${process.arch}, Node ${process.versions.node}, PostgreSQL ${version}`,
  };
}

/** The commit that was measured, and whether files differed from it. */
function commitNow(): string {
  const git = (...args: string[]) => spawnSync("git", args, { encoding: "utf8" }).stdout?.trim() ?? "";
  const commit = git("rev-parse", "--short=10", "HEAD") || "unknown";
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs");
  return changed ? `${commit}, changed` : commit;
}
