import { describe, expect, test } from "vitest";
import { benchMarkdown, formatNumber } from "./bench-markdown";
import type { BenchResult } from "./bench-result";
import { mergeRecords } from "./write-report";

const order = ["paid-call/gateway", "settle/100k", "js/market"];
const monday = { date: "2026-11-16", commit: "aaaaaaaaaa", machine: "Some CPU, 2 cores" };
const friday = { date: "2026-11-20", commit: "bbbbbbbbbb", machine: "Some CPU, 2 cores" };

function result(name: string, more: Partial<BenchResult> = {}): BenchResult {
  return {
    name,
    value: 8123.4567,
    unit: "calls/s",
    baseline: "empty Next route",
    ratio: 5.43219,
    p50Ms: 3.98765,
    p99Ms: 12.3456,
    targets: [{ text: "at least 8,000 calls/s", met: true }],
    notes: ["CPU µs a call: node 80."],
    faults: [],
    ...more,
  };
}

describe("mergeRecords", () => {
  test("a run of some figures replaces those, with its own date and commit, and leaves the others", () => {
    const first = mergeRecords([], [result("js/market"), result("paid-call/gateway")], order, monday);
    const second = mergeRecords(first, [result("paid-call/gateway", { value: 9000 })], order, friday);
    expect(second.map(({ name, value, date, commit }) => [name, value, date, commit])).toEqual([
      ["paid-call/gateway", 9000, "2026-11-20", "bbbbbbbbbb"],
      ["js/market", 8123.5, "2026-11-16", "aaaaaaaaaa"],
    ]);
  });

  test("a record holds what programs read, rounded, and no faults", () => {
    const [record] = mergeRecords([], [result("settle/100k")], order, monday);
    expect(record).toEqual({
      name: "settle/100k",
      value: 8123.5,
      unit: "calls/s",
      baseline: "empty Next route",
      ratio: 5.432,
      p50Ms: 3.988,
      p99Ms: 12.35,
      targets: [{ text: "at least 8,000 calls/s", met: true }],
      notes: ["CPU µs a call: node 80."],
      ...monday,
    });
  });

  test("a figure that is no longer measured goes", () => {
    const first = mergeRecords([], [result("js/market")], order, monday);
    expect(
      mergeRecords(first, [result("settle/100k")], ["settle/100k"], friday).map(({ name }) => name),
    ).toEqual(["settle/100k"]);
  });

  test("a figure that stands alone has no ratio and no latency", () => {
    const alone = result("js/market", { baseline: null, ratio: null, p50Ms: null, p99Ms: null });
    const [record] = mergeRecords([], [alone], order, monday);
    expect([record?.baseline, record?.ratio, record?.p50Ms, record?.p99Ms]).toEqual([null, null, null, null]);
  });
});

describe("benchMarkdown", () => {
  const missed = result("settle/100k", {
    value: 6.104,
    unit: "s",
    targets: [{ text: "at most 5 s", met: false }],
  });
  const records = mergeRecords([], [result("paid-call/gateway"), missed], order, monday);

  test("each figure has its row, and a target that was missed is said", () => {
    const text = benchMarkdown(records, "");
    expect(text).toContain(
      "| `paid-call/gateway` | 8,124 calls/s | empty Next route | 5.43 | 3.99 | 12.3 | met |",
    );
    expect(text).toContain("| `settle/100k` | 6.1 s | empty Next route | 5.43 | 3.99 | 12.3 | **not met** |");
    expect(text).toContain("- Target: at most 5 s: **not met**.");
    expect(text).toContain("- Measured on 2026-11-16 at commit aaaaaaaaaa. Some CPU, 2 cores.");
  });

  test("what people wrote under the line stays, once", () => {
    const first = benchMarkdown(records, "");
    const second = benchMarkdown(records, `${first}\nThe disk limits it.\n`);
    expect(second.endsWith("keeps it. -->\n\nThe disk limits it.\n")).toBe(true);
    expect(benchMarkdown(records, second)).toBe(second);
  });
});

describe("formatNumber", () => {
  test.each([
    { value: 8123.4, text: "8,123" },
    { value: 99.94, text: "99.9" },
    { value: 4.2, text: "4.2" },
    { value: 0.01234, text: "0.0123" },
  ])("$value is written $text", ({ value, text }) => {
    expect(formatNumber(value)).toBe(text);
  });
});
