import { bold, dim, green, red } from "../report.mjs";
import type { Books } from "./books";
import type { Fault } from "./faults";
import { type Check, checks, type Finding } from "./finding";
import { type History, isDone, type OperationKind } from "./history";

const EXAMPLES = 8;

export type RunFigures = {
  history: History;
  faults: Map<Fault, number>;
  restarts: number;
  findings: readonly Finding[];
  healingMs: number;
  books: Books;
};

/** The summary table of a run. */
export function printReport({ history, faults, restarts, findings, healingMs, books }: RunFigures): void {
  const { operations } = history;
  const sum = (of: (operation: (typeof operations)[number]) => number) =>
    operations.reduce((total, each) => total + of(each), 0);
  const kinds = [...new Set(operations.map(({ kind }) => kind))].map((kind) => describeKind(kind, history));

  section("Operations");
  line("sent, acknowledged", `${operations.length}, ${operations.filter(isDone).length}`);
  line("sent three times at once", String(operations.filter(({ copies }) => copies > 1).length));
  line(
    "sent again",
    `${sum(({ retries }) => retries)} times, ${sum(({ lost }) => lost)} of them without knowing what became of it`,
  );
  line("served paid calls", String(sum(({ paid }) => new Set(paid.map(({ requestId }) => requestId)).size)));
  line("streams", describeStreams(books));
  line(
    "calls in the books",
    countBy([...books.requests.values()], ({ state }) => state),
  );
  for (const kind of kinds) line(`  ${kind[0]}`, kind[1]);
  line(
    "single answers",
    `${percentile(history.answersMs, 0.5)} ms at p50, ${percentile(history.answersMs, 0.99)} ms at p99`,
  );
  line(
    "until answered",
    `${percentile(history.waitsMs, 0.5)} ms at p50, ${percentile(history.waitsMs, 0.99)} ms at p99`,
  );

  section("Faults");
  for (const [fault, n] of faults) line(fault, String(n));
  line("servers started again", String(restarts));
  line("healed after", `${(healingMs / 1000).toFixed(1)} s`);
  const reasons = [...history.retryable].sort(([, left], [, right]) => right - left);
  line("why it was sent again", reasons.map(([why, n]) => `${n} × ${why}`).join(", ") || "never");

  section("Verdict");
  for (const [check, meaning] of Object.entries(checks) as [Check, string][]) {
    const found = findings.filter((finding) => finding.check === check);
    const mark = found.length === 0 ? green("✓") : red("✗");
    console.log(`  ${mark} ${String(found.length).padStart(5)} ${meaning}`);
    for (const { detail } of found.slice(0, EXAMPLES)) console.log(dim(`           ${detail}`));
    if (found.length > EXAMPLES) console.log(dim(`           … and ${found.length - EXAMPLES} more`));
  }
}

/** How often time did what nobody asked for: the workload has to reach these, too. */
function describeStreams({ streams, events }: Books): string {
  const told = ["exhausted", "revived", "auto-topped-up", "collected"];
  const seen = events.filter(({ kind }) => told.includes(kind));
  const ends = events.flatMap(({ kind, data }) => (kind === "closed" ? [`closed by ${data.cause}`] : []));
  return `${streams.size}; ${countBy(seen, ({ kind }) => kind)}; ${countBy(ends, (end) => end)}`;
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].map(([name, n]) => `${n} ${name}`).join(", ") || "none";
}

function describeKind(kind: OperationKind, { operations }: History): [string, string] {
  const mine = operations.filter((operation) => operation.kind === kind);
  const refused = new Map<string, number>();
  for (const operation of mine) {
    const code = isDone(operation) ? null : (operation.answers[0]?.code ?? "no answer");
    if (code) refused.set(code, (refused.get(code) ?? 0) + 1);
  }
  const why = [...refused].map(([code, n]) => `${n} ${code}`).join(", ");
  return [kind, `${mine.filter(isDone).length} done${why ? `, refused: ${why}` : ""}`];
}

function section(title: string): void {
  console.log(`\n${bold(title)}`);
}

function line(name: string, value: string): void {
  console.log(`  ${name.padEnd(26)} ${value}`);
}

function percentile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
}
