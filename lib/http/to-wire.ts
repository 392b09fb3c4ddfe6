/**
 * What JSON may carry of a value of ours: amounts become decimal strings, instants ISO-8601 UTC strings with
 * milliseconds, and integers under a key that ends in `Ms` stay numbers.
 *
 * @throws RangeError when a number of milliseconds is beyond 2^53: a bug of ours, not a refusal
 */
export function toWire(value: unknown, key = ""): unknown {
  if (typeof value === "bigint") return key.endsWith("Ms") ? safeNumber(value, key) : value.toString();
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => toWire(item, key));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toWire(item, name)]));
}

function safeNumber(value: bigint, key: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${key} ${value} does not fit a JSON number.`);
  return number;
}

/** A value that `toWire` turns into `Wire`: texts may be bigints or dates, and whole numbers of milliseconds bigints. */
export type BeforeWire<Wire> = Wire extends string
  ? Wire | bigint | Date
  : Wire extends readonly (infer Item)[]
    ? readonly BeforeWire<Item>[]
    : Wire extends object
      ? {
          readonly [Key in keyof Wire]: Key extends `${string}Ms`
            ? Wire[Key] | bigint
            : BeforeWire<Wire[Key]>;
        }
      : Wire;
