import { z } from "zod";

/** The largest amount that the ledger keeps: numeric(78, 0). */
const NUMERIC_MAX = 10n ** 78n - 1n;
/** No deposit, price or rate of ours comes near 10^36 base units (10^18 whole tokens): refuse slips of the finger. */
const AMOUNT_MAX = 10n ** 36n;

/** Base units as a decimal string, within bounds that include both ends; parsed to `bigint`. */
export function amountString(min: bigint, max: bigint = AMOUNT_MAX) {
  if (max > NUMERIC_MAX) throw new RangeError(`${max} does not fit numeric(78, 0).`);
  return z
    .string()
    .regex(
      /^(0|[1-9][0-9]{0,77})$/,
      "Give base units as a decimal string: digits only, no sign, no leading zero.",
    )
    .transform((digits) => BigInt(digits))
    .refine((amount) => amount >= min && amount <= max, `Give between ${min} and ${max} base units.`)
    .meta({ description: `Base units, ${min} to ${max}.`, examples: ["1000000000000000000"] });
}

/** Base units as they leave us. */
export const amountOutput = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,77})$/)
  .meta({ id: "Amount", description: "Base units as a decimal string.", examples: ["1000000000000000000"] });

/** A duration in whole milliseconds within bounds, both included; parsed to `bigint`. */
export function milliseconds(min: number, max: number) {
  return z
    .int()
    .min(min)
    .max(max)
    .transform(BigInt)
    .meta({ description: `Milliseconds, ${min} to ${max}.` });
}

/** Text for people: trimmed length within bounds, no control characters but line breaks and tabs. */
export function text(min: number, max: number) {
  return (
    z
      .string()
      .min(min)
      .max(max)
      .refine((value) => value.trim().length >= min, "Give more than spaces.")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
      .refine((value) => !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value), "Control characters are not allowed.")
  );
}

export const providerId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "Use 2 to 63 of a-z, 0-9 and hyphen, starting with a letter or digit.")
  .meta({ examples: ["rheuma-score"] });

const idOf = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}_[A-Za-z0-9_-]{1,64}$`), `Give an id that starts with ${kind}_.`);

export const streamId = idOf("str");
export const serviceId = idOf("svc");
export const requestId = idOf("req");
export const alertId = idOf("alt");
export const webhookId = idOf("whk");
export const deliveryId = idOf("msg");
export const withdrawalId = idOf("wdr");

/** `basic`, `professional` or `enterprise`. Kept open, because an unknown name is refused as `unknown-tier`. */
export const tierText = text(1, 64).meta({ examples: ["basic", "professional", "enterprise"] });

export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "Give an address: 0x and 40 hex digits.")
  .transform((value) => value.toLowerCase());

export const addressOutput = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .meta({ id: "Address" });

/** Opaque position in a list: hand back `nextCursor` of the page before. */
export const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,512}$/, "Give the nextCursor of an earlier answer.");

/** Page size of a list, as query text. */
export const limit = z
  .string()
  .regex(/^[1-9][0-9]{0,2}$/, "Give a whole number from 1 to 100.")
  .transform(Number)
  .refine((value) => value <= 100, "Give a whole number from 1 to 100.")
  .meta({ id: "Limit", description: "Page size, 1 to 100." });

/** The page that a list answers. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** An instant as it leaves us: ISO-8601, UTC, milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ id: "Instant" });

/** `Idempotency-Key`: 1 to 255 visible ASCII characters but the comma, by which two such headers arrive joined. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/, "Give one Idempotency-Key of 1 to 255 visible ASCII characters.");

export const assetOutput = z.strictObject({ symbol: z.string(), decimals: z.int() }).meta({ id: "Asset" });
