/** One line of docs/benchmarks.json. */
export type BenchFigure = {
  name: string;
  value: number;
  unit: string;
  /** What `ratio` compares with, in words; null when the figure stands alone. */
  baseline: string | null;
  ratio: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
};

/** A target of the product for one figure. */
export type BenchTarget = { text: string; met: boolean };

export type BenchResult = BenchFigure & {
  targets: BenchTarget[];
  /** Lines of Markdown under the figure: what was measured beside it, what limits it. */
  notes: string[];
  /** Anything that makes the figure untrustworthy: a failed request, books that do not balance. Such a run fails. */
  faults: string[];
};

/** What every benchmark is told. */
export type BenchOptions = {
  /** Which figures are wanted. */
  only: ReadonlySet<string>;
  connections: number;
  /** Measured seconds of each side in each round. */
  seconds: number;
  rounds: number;
  memoryMinutes: number;
  /** Everything small: to see that it works, not how fast it is. */
  quick: boolean;
  /** Without the sides that a figure is compared with: for work on one side. Such figures are not written down. */
  alone: boolean;
  /** A folder for CPU profiles of the servers of paid calls; null for none, because it slows them. */
  profile: string | null;
  say: (line: string) => void;
};
