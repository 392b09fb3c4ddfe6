/** A JSON Schema, draft 2020-12. Only standard keywords, so that any validator compiles it in strict mode. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

type Range = { readonly unit: string; readonly minimum: number; readonly maximum: number };

/** The top level of a document: the dialect, a title, and no fields but these. */
export function documentSchema(
  title: string,
  properties: Record<string, JsonSchema>,
  options: { optional?: readonly string[]; extra?: JsonSchema } = {},
): JsonSchema {
  return { $schema: DIALECT, title, ...objectSchema(properties, options) };
}

/** An object that refuses unknown fields. Every property is required unless `optional` names it. */
export function objectSchema(
  properties: Record<string, JsonSchema>,
  options: { optional?: readonly string[]; extra?: JsonSchema } = {},
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !options.optional?.includes(name));
  return { type: "object", properties, required, additionalProperties: false, ...options.extra };
}

/** A number with its range; the unit ends the description, where people, forms and `unitOf` find it. */
export function numberIn(description: string, range: Range): JsonSchema {
  return quantity("number", description, range);
}

export function integerIn(description: string, range: Range): JsonSchema {
  return quantity("integer", description, range);
}

/** The unit that `numberIn` or `integerIn` wrote into a description, or null. */
export function unitOf(schema: JsonSchema | undefined): string | null {
  const description = schema?.description;
  if (typeof description !== "string") return null;
  return /Unit: ([^.]+)\.$/.exec(description)?.[1] ?? null;
}

function quantity(type: "number" | "integer", description: string, range: Range): JsonSchema {
  const { unit, minimum, maximum } = range;
  return { type, minimum, maximum, description: `${description}. Unit: ${unit}.` };
}
