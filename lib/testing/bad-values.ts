import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import { randomSource } from "./random-source";

/** One wrong thing to send: a whole body, and what is wrong with it. */
export type BadBody = { why: string; body: unknown };

/** Values that are wrong for most fields. Which field refuses which is decided by the published JSON Schema. */
const SUSPECTS: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  -1e308,
  "",
  " ",
  "0",
  "00",
  "01",
  "-1",
  "+1",
  "1.0",
  "1e18",
  "1_000",
  "1,000",
  "0x10",
  " 1",
  "1 ",
  "1 USDCx",
  "1n",
  "NaN",
  "Infinity",
  "１２",
  "null",
  "undefined",
  "9".repeat(79),
  "x".repeat(10_000),
  "'; drop table stream; --",
  "{{7*7}}<%= 7*7 %>",
  "../../etc/passwd",
  "\u202egnp.exe",
  "0x0000000000000000000000000000000000000000000000000000000000000000",
  [],
  [[]],
  ["a"],
  {},
  { $gt: "" },
  { toString: "x" },
];

/** Amounts that are written well and are still out of every range of ours. */
const TOO_MUCH: readonly string[] = [String(10n ** 36n + 1n), String(10n ** 60n), "9".repeat(78)];
const AMOUNT_PATTERN = "^(0|[1-9][0-9]{0,77})$";

type JsonSchema = Record<string, unknown>;

/**
 * Wrong bodies from a right one: every field in turn gets every suspect, is left out, or gets a stranger beside it. The
 * published JSON Schema says which results are wrong, by another validator than the server's.
 *
 * @param right a body that the operation takes
 */
export function badBodies(schema: z.ZodObject, right: Record<string, unknown>): BadBody[] {
  const published = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) as JsonSchema;
  const allows = new Ajv2020({ strict: false, validateFormats: false }).compile(published);
  if (!allows(right)) throw new Error(`The right body is wrong: ${JSON.stringify(allows.errors)}`);

  const changed = placesIn(right).flatMap((place) => [
    ...SUSPECTS.map((value) => ({
      why: `${place.join(".")} = ${brief(value)}`,
      body: withValue(right, place, value),
    })),
    { why: `without ${place.join(".")}`, body: withoutValue(right, place) },
    { why: `a stranger in ${place.join(".")}`, body: withValue(right, [...place, "stranger"], 1) },
  ]);
  const strangers = [
    "stranger",
    "owner",
    "actor",
    "sender",
    "balance",
    "constructor",
    "hasOwnProperty",
    "id\u0301",
  ].map((name) => ({ why: `unknown field ${name}`, body: { ...right, [name]: "x" } }));
  const tooMuch = placesIn(right)
    .filter((place) => isAmount(published, place))
    .flatMap((place) =>
      TOO_MUCH.map((value) => ({
        why: `${place.join(".")} = ${brief(value)}`,
        body: withValue(right, place, value),
      })),
    );
  return [...[...changed, ...strangers].filter(({ body }) => !allows(body)), ...tooMuch];
}

/** Bodies with fields nobody knows, as many as asked for, always the same ones. */
export function strangeBodies(right: Record<string, unknown>, count: number): BadBody[] {
  const random = randomSource(7);
  return Array.from({ length: count }, () => {
    const name = `x${random.text(8)}`;
    const value = random.pick(SUSPECTS);
    return { why: `unknown field ${name} = ${brief(value)}`, body: { ...right, [name]: value } };
  });
}

/** Paths to every field, objects before what is in them. Arrays are entered at their first element. */
function placesIn(value: unknown, at: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value)
    .slice(0, Array.isArray(value) ? 1 : undefined)
    .flatMap(([key, child]) => [[...at, key], ...placesIn(child, [...at, key])]);
}

function withValue(root: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(root))
    return root.map((item, index) => (String(index) === key ? withValue(item, rest, value) : item));
  const object = typeof root === "object" && root !== null ? (root as Record<string, unknown>) : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}

function withoutValue(root: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || root === null || typeof root !== "object") return root;
  if (Array.isArray(root))
    return rest.length === 0
      ? root.filter((_, index) => String(index) !== key)
      : root.map((item, index) => (String(index) === key ? withoutValue(item, rest) : item));
  const { [key]: gone, ...kept } = root as Record<string, unknown>;
  return rest.length === 0 ? kept : { ...kept, [key]: withoutValue(gone, rest) };
}

/** Whether the published schema says that an amount sits at this place. */
function isAmount(schema: JsonSchema, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return schema.pattern === AMOUNT_PATTERN;
  const alternatives = Array.isArray(schema.anyOf) ? (schema.anyOf as JsonSchema[]) : [schema];
  return alternatives.some((one) => {
    const properties = one.properties as Record<string, JsonSchema> | undefined;
    const inside =
      properties?.[key] ?? (one.items as JsonSchema | undefined) ?? (one.additionalProperties as JsonSchema);
    return typeof inside === "object" && inside !== null && isAmount(inside, rest);
  });
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
