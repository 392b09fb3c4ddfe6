import type { BenchRecord } from "./write-report";

/** Text below this line is written by people, and kept. */
const BY_HAND = "<!-- Below this line by hand: npm run bench keeps it. -->";

/** docs/benchmarks.md from the records of docs/benchmarks.json; what stood under the line of the file before stays. */
export function benchMarkdown(records: readonly BenchRecord[], before: string): string {
  const at = before.indexOf(BY_HAND);
  const kept = at === -1 ? "" : before.slice(at + BY_HAND.length).trim();
  return `${[
    "# Benchmarks",
    "`npm run bench` measures these (minutes of full load; it says how many) and writes this file and, for programs, " +
      "[benchmarks.json](benchmarks.json). Figures of one machine say little, so each is measured together with what it is " +
      "compared with: in turns, each side warmed, with the load generator on the same machine. Every answer is counted: one that " +
      "is not 2xx, a served call that the database does not know, a missing receipt, or books that do not balance fail the run.",
    table(records),
    ...records.flatMap(section),
    BY_HAND,
    ...(kept ? [kept] : []),
  ].join("\n\n")}\n`;
}

function table(records: readonly BenchRecord[]): string {
  const rows = records.map((record) => [
    `\`${record.name}\``,
    `${formatNumber(record.value)} ${record.unit}`,
    record.baseline ?? "",
    record.ratio === null ? "" : record.ratio.toPrecision(3),
    formatMs(record.p50Ms),
    formatMs(record.p99Ms),
    record.targets.every(({ met }) => met) ? "met" : "**not met**",
  ]);
  const head = ["Figure", "Value", "Compared with", "Ratio", "p50 ms", "p99 ms", "Target"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function section({ name, targets, notes, date, commit, machine }: BenchRecord): string[] {
  const lines = [
    ...targets.map(({ text, met }) => `- Target: ${text}: ${met ? "met" : "**not met**"}.`),
    ...notes.map((note) => `- ${note}`),
    `- Measured on ${date} at commit ${commit}. ${machine}.`,
  ];
  return [`## ${name}`, lines.join("\n")];
}

/** Whole above 100, else three digits. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(3)));
}

function formatMs(value: number | null): string {
  return value === null ? "" : value.toPrecision(3);
}
