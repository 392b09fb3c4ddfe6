/** Points of a measurement: when, and how much. */
export type Sample = { atMs: number; value: number };

/**
 * The straight line nearest to the samples (least squares).
 *
 * @returns its values at the first and at the last sample
 * @throws RangeError with fewer than two samples
 */
export function fitLine(samples: readonly Sample[]): { first: number; last: number } {
  const [begin, end] = [samples[0], samples.at(-1)];
  if (!begin || !end || samples.length < 2) throw new RangeError("A line needs two samples.");
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(samples.map(({ atMs }) => atMs));
  const level = mean(samples.map(({ value }) => value));
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - at) ** 2, 0);
  const slope =
    spread === 0
      ? 0
      : samples.reduce((sum, { atMs, value }) => sum + (atMs - at) * (value - level), 0) / spread;
  return { first: level + slope * (begin.atMs - at), last: level + slope * (end.atMs - at) };
}
