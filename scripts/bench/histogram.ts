/** Buckets for each doubling: a percentile is at most 1/128, less than 1 %, above the true value. */
const STEPS = 128;
const DOUBLINGS = 30;

/**
 * Counts latencies in buckets that widen with the value (as HdrHistogram does), so that minutes of load fit in 31 kB and
 * rounds can be added up: percentiles are of all requests, not averages of averages.
 */
export class Histogram {
  constructor(private readonly counts: number[] = new Array(STEPS * DOUBLINGS).fill(0)) {}

  /** @param ms >= 0; from about 18 minutes on, all count as the last bucket */
  record(ms: number): void {
    const bucket = bucketOf(Math.max(0, ms * 1000));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }

  add(other: Histogram): void {
    for (const [bucket, count] of other.counts.entries())
      if (count > 0) this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * The latency that `percent` of the requests did not exceed, in ms, rounded up to its bucket's end.
   *
   * @param percent above 0, up to 100
   * @throws RangeError when nothing was recorded: there is no such latency
   */
  percentileMs(percent: number): number {
    const { total } = this;
    if (total === 0) throw new RangeError("An empty histogram has no percentiles.");
    let left = Math.ceil((total * percent) / 100);
    for (const [bucket, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return endOf(bucket) / 1000;
    }
    return endOf(this.counts.length - 1) / 1000;
  }

  /** For sending to another process. */
  toArray(): number[] {
    return this.counts;
  }
}

/** The first 128 buckets are 1 µs wide, the next 128 cover 128 to 256 µs, and so on: bucket = position within its doubling. */
function bucketOf(micros: number): number {
  if (micros < STEPS) return Math.floor(micros);
  const doubling = Math.floor(Math.log2(micros / STEPS)) + 1;
  const bucket = doubling * STEPS + Math.floor((micros / (STEPS * 2 ** (doubling - 1)) - 1) * STEPS);
  return Math.min(bucket, STEPS * DOUBLINGS - 1);
}

/** In µs. */
function endOf(bucket: number): number {
  if (bucket < STEPS) return bucket + 1;
  const doubling = Math.floor(bucket / STEPS);
  return STEPS * 2 ** (doubling - 1) * (1 + ((bucket % STEPS) + 1) / STEPS);
}
