/** An intention to move money: its terms, and the idempotency key under which it is carried out once. */
export type Intent = { readonly terms: string; readonly key: string };

/**
 * The same terms keep their key, so that trying again after a lost answer cannot do it twice; other terms are another
 * intention and get a key of their own.
 */
export function intentFor(previous: Intent | null, input: object, newKey: () => string): Intent {
  const terms = JSON.stringify(input, (_name, value) => (typeof value === "bigint" ? `${value}n` : value));
  return previous?.terms === terms ? previous : { terms, key: newKey() };
}
