/**
 * Latencies as counts in fixed buckets, each 2^(1/4) wider than the one before: bucket 0 holds up to 1 ms, bucket i what is
 * above 2^((i-1)/4) and at most 2^(i/4) ms, the last one (60) all above 27.6 s. A histogram is as long as its last bucket that
 * is not empty, and two are added bucket by bucket (`add_histograms` in SQL).
 */
export type Histogram = readonly number[];

const BUCKETS_A_DOUBLING = 4;
/** 2^15 ms is the upper end of the last: a paid call may take 30 s in all. */
const LAST_BUCKET = 60;

/** The bucket of a latency. @param latencyMs milliseconds, 0 or more, with a fraction */
export function bucketOf(latencyMs: number): number {
  if (latencyMs <= 1) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(BUCKETS_A_DOUBLING * Math.log2(latencyMs)));
}

/** A histogram of one latency. */
export function histogramOf(latencyMs: number): number[] {
  return [...new Array<number>(bucketOf(latencyMs)).fill(0), 1];
}

/** Adds counts to `into`, which grows as needed. */
export function addHistogram(into: number[], counts: Histogram): void {
  counts.forEach((count, bucket) => {
    for (let end = into.length; end <= bucket; end += 1) into.push(0);
    into[bucket] = (into[bucket] ?? 0) + count;
  });
}

/**
 * The latency that a share of all stayed at or under (nearest rank), as the middle of its bucket: at most 9.1 % (2^(1/8))
 * away from the measured one, and rounded to a whole millisecond, 1 at least.
 *
 * @param share above 0, at most 1: 0.5 is the median
 * @returns null for an empty histogram
 */
export function percentileMs(histogram: Histogram, share: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.ceil(share * total);
  let seen = 0;
  const bucket = histogram.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
  return Math.max(1, Math.round(2 ** ((bucket - 0.5) / BUCKETS_A_DOUBLING)));
}
