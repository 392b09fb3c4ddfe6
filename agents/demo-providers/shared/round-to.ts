/** Rounds half away from zero to `digits` decimals, on the decimal value that a reader sees (1.005 → 1.01). */
export function roundTo(value: number, digits: number): number {
  const factor = 10 ** digits;
  const scaled = Math.abs(value) * factor;
  const rounded = (Math.sign(value) * Math.round(scaled + scaled * Number.EPSILON * 4)) / factor;
  return rounded === 0 ? 0 : rounded; // Never -0, which reads as an error in JSON and in a table.
}
