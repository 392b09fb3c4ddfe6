import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createCounter } from "./create-counter";
import { createHistogram } from "./create-histogram";
import { labelCells } from "./label-cells";

describe("createCounter", () => {
  test("given cells that were added to, Prometheus reads their sums, again and again", async () => {
    const registry = new Registry();
    const calls = createCounter(registry, {
      name: "calls_total",
      help: "Calls.",
      labels: ["route", "method"],
    });
    const kept = calls.of("/a", "GET");
    kept.n += 1;
    kept.n += 1;
    calls.of("/a", "GET").n += 1;
    calls.of("/b", "POST").n += 5;
    const text = [
      "# HELP calls_total Calls.",
      "# TYPE calls_total counter",
      'calls_total{route="/a",method="GET"} 3',
      'calls_total{route="/b",method="POST"} 5',
      "",
    ].join("\n");
    expect(await registry.metrics()).toBe(text);
    expect(await registry.metrics()).toBe(text);
  });
});

describe("createHistogram", () => {
  test("given values, each is in the buckets at and above it, and the last one holds all", async () => {
    const registry = new Registry();
    const times = createHistogram(registry, {
      name: "times_seconds",
      help: "Times.",
      labels: ["step"],
      bounds: [0.1, 1],
    });
    for (const value of [0.1, 0.25, 1, 7]) times.of("one").observe(value);
    expect(await registry.metrics()).toBe(
      [
        "# HELP times_seconds Times.",
        "# TYPE times_seconds histogram",
        'times_seconds_bucket{step="one",le="0.1"} 1',
        'times_seconds_bucket{step="one",le="1"} 3',
        'times_seconds_bucket{step="one",le="+Inf"} 4',
        'times_seconds_sum{step="one"} 8.35',
        'times_seconds_count{step="one"} 4',
        "",
      ].join("\n"),
    );
    expect(times.of("one").counts).toEqual([1, 2, 1]);
  });
});

describe("labelCells", () => {
  test("given more combinations than there may be, the rest are counted together", () => {
    const cells = labelCells(["id"], () => ({ n: 0 }));
    for (let id = 0; id < 2_500; id += 1) cells.of(String(id)).n += 1;
    const entries = cells.entries();
    expect(entries).toHaveLength(2_001);
    expect(entries.at(-1)).toEqual({ labels: { id: "other" }, cell: { n: 500 } });
    expect(cells.of("0")).toEqual({ n: 1 });
  });
});
