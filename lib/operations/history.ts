import { nowMs } from "@/lib/clock";
import { DOOR_ENDPOINT } from "@/lib/metrics/door-endpoint";
import { type Metrics, metrics, SECONDS } from "@/lib/metrics/metrics";

/** How far apart two samples are, in milliseconds. */
export const STEP_MS = 10_000;
/** Samples that are kept: ten minutes. */
const KEPT = 61;

/** What had been counted at one moment. */
type Sample = { atMs: number; requests: number; errors: number; door: readonly number[] };
type History = { samples: Sample[]; timer: NodeJS.Timeout };

/** `errors`: answers of 5xx that were not a provider's fault. */
export type Point = { atMs: number; requests: number; errors: number };
export type Recent = {
  /** What happened in each step of `STEP_MS`, oldest first; the last one is still under way. */
  points: Point[];
  /** Of the paid door, over all points: milliseconds below which that part of the calls was answered. Null without calls. */
  p50Ms: number | null;
  p99Ms: number | null;
};

const shared = globalThis as typeof globalThis & { superstreamHistory?: History };

/** Starts to remember the last ten minutes of this process. Harmless to call again. */
export function startHistory(): () => Promise<void> {
  shared.superstreamHistory ??= begin();
  return async () => {
    clearInterval(shared.superstreamHistory?.timer);
    delete shared.superstreamHistory;
  };
}

/** The last ten minutes of this process, or as long as it has been remembering. */
export function readHistory(): Recent {
  startHistory();
  const samples = [...(shared.superstreamHistory?.samples ?? []), take(metrics())];
  const points = samples.slice(1).map((sample, at) => {
    const before = samples[at] as Sample; // `at` counts from the one before.
    return {
      atMs: sample.atMs,
      requests: sample.requests - before.requests,
      errors: sample.errors - before.errors,
    };
  });
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample]; // There are at least two.
  const door = last.door.map((count, at) => count - (first.door[at] ?? 0));
  return { points, p50Ms: quantileMs(door, 0.5), p99Ms: quantileMs(door, 0.99) };
}

function begin(): History {
  const samples = [take(metrics())];
  const timer = setInterval(() => {
    samples.push(take(metrics()));
    if (samples.length > KEPT) samples.shift();
  }, STEP_MS);
  timer.unref();
  return { samples, timer };
}

/** Answers of 5xx that say what became of a provider, and not of us. */
const PROVIDERS = new Set(["upstream-failed", "upstream-refused", "upstream-timeout", "provider-busy"]);

/** Requests of people and programs: machines that look whether we live are not counted. */
function take({ responses, errors: refusals, durations }: Metrics): Sample {
  let requests = 0;
  let errors = 0;
  for (const { labels, cell } of responses.entries()) {
    if (!isMarketplace(labels.endpoint)) continue;
    requests += cell.n;
    if (labels.status.startsWith("5")) errors += cell.n;
  }
  for (const { labels, cell } of refusals.entries())
    if (isMarketplace(labels.endpoint) && PROVIDERS.has(labels.error_type)) errors -= cell.n;
  const door = new Array<number>(SECONDS.length + 1).fill(0);
  for (const { labels, cell } of durations.entries())
    if (labels.endpoint === DOOR_ENDPOINT)
      for (const [at, count] of cell.counts.entries()) door[at] = (door[at] ?? 0) + count;
  return { atMs: Number(nowMs()), requests, errors, door };
}

function isMarketplace(endpoint: string): boolean {
  return endpoint.startsWith("/api/") && endpoint !== "/api/health" && endpoint !== "/api/ready";
}

/**
 * The value below which a part `q` lies, taken as spread evenly within its bucket, as Prometheus does.
 *
 * @returns milliseconds; the last bound when it lies above all of them; null when nothing was counted
 */
export function quantileMs(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let rank = q * total;
  for (const [at, count] of counts.entries()) {
    const upper = SECONDS[at];
    const lower = SECONDS[at - 1] ?? 0;
    if (upper === undefined) return lower * 1000;
    if (count > 0 && rank <= count) return (lower + ((upper - lower) * rank) / count) * 1000;
    rank -= count;
  }
  return (SECONDS.at(-1) ?? 0) * 1000;
}
