/** The Park-Miller sequence, for tests that another language must be able to repeat. */
export function pseudoRandom(count: number, seed: number): number[] {
  const values: number[] = [];
  let state = seed;
  for (let i = 0; i < count; i += 1) {
    state = (state * 16_807) % 2_147_483_647;
    values.push(state);
  }
  return values;
}
