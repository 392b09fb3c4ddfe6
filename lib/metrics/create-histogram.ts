import type { Histogram as PromHistogram, Registry } from "prom-client";
import { type LabelCells, labelCells } from "./label-cells";

/** How often a value fell into each bucket, and the sum of all values. */
export type Spread = {
  observe(value: number): void;
  /** One count for each bound, in their order, and one more for what is above the last. Not added up. */
  readonly counts: readonly number[];
  readonly sum: number;
};
export type HistogramOf<Name extends string> = LabelCells<Name, Spread>;

type Sample = { metricName: string; labels: Record<string, string | number>; value: number };

/**
 * A Prometheus histogram whose cells are plain arrays: see `createCounter`.
 *
 * @param bounds upper ends of the buckets, ascending, in the unit that ends the name
 */
export function createHistogram<const Name extends string>(
  registry: Registry,
  options: { name: string; help: string; labels: readonly Name[]; bounds: readonly number[] },
): HistogramOf<Name> {
  const { name, help, labels, bounds } = options;
  const cells = labelCells(labels, () => createSpread(bounds));
  const metric = {
    name,
    async get() {
      const values = cells.entries().flatMap(({ labels, cell }) => samples(name, labels, cell, bounds));
      return { name, help, type: "histogram", aggregator: "sum", values };
    },
  };
  // The registry asks a metric for its name and for `get`, nothing else; its types know only the classes of the library.
  registry.registerMetric(metric as unknown as PromHistogram<Name>);
  return cells;
}

function createSpread(bounds: readonly number[]): Spread {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    observe(value) {
      let at = 0;
      while (at < bounds.length && value > (bounds[at] as number)) at += 1;
      counts[at] = (counts[at] as number) + 1;
      sum += value;
    },
    counts,
    get sum() {
      return sum;
    },
  };
}

function samples(
  name: string,
  labels: Readonly<Record<string, string>>,
  { counts, sum }: Spread,
  bounds: readonly number[],
): Sample[] {
  let total = 0;
  const buckets = counts.map((count, at) => {
    total += count;
    const le = bounds[at] ?? "+Inf";
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
