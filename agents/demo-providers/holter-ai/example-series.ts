/**
 * A made-up series for the examples: a regular rhythm near 75 beats a minute that breathes, with three premature
 * beats and their compensatory intervals, and one pause. The same numbers every time.
 */
export const exampleSeries: readonly number[] = Array.from({ length: 140 }, (_, beat) => {
  if (beat === 30 || beat === 75 || beat === 110) return 520;
  if (beat === 31 || beat === 76 || beat === 111) return 1080;
  if (beat === 90) return 2240;
  return 800 + Math.round(30 * Math.sin((2 * Math.PI * beat) / 5));
});
