/** What a form can ask for. `json` is the way out for schemas that no control fits. */
export type FormField = {
  name: string;
  label: string;
  hint: string;
  required: boolean;
} & (
  | { kind: "number" | "integer"; unit: string | null; minimum: number | null; maximum: number | null }
  | {
      kind: "numbers";
      integer: boolean;
      unit: string | null;
      minItems: number;
      maxItems: number | null;
      minimum: number | null;
      maximum: number | null;
    }
  | { kind: "text"; minLength: number; maxLength: number | null; pattern: string | null; long: boolean }
  | { kind: "boolean" }
  | { kind: "choice"; choices: readonly (string | number)[] }
  | { kind: "group"; fields: readonly FormField[] }
  /** A list of texts, one a line. */
  | { kind: "texts"; minItems: number; maxItems: number | null }
  /** A list of objects, each a group of its own. */
  | { kind: "rows"; fields: readonly FormField[]; minItems: number; maxItems: number | null }
  | { kind: "json" }
);

type Schema = { readonly [keyword: string]: unknown };

/** The fields of a service's input schema (JSON Schema 2020-12), in its own order. */
export function formFields(schema: unknown): FormField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  const { properties } = schema;
  // jsonb keeps the order of lists but not of members, so the order that the author meant is that of `required`.
  const names = Object.keys(properties);
  const inOrder = [
    ...required.filter((name) => names.includes(name)),
    ...names.filter((name) => !required.includes(name)),
  ];
  return inOrder.map((name) => {
    const property = properties[name];
    return fieldOf(name, isObject(property) ? property : {}, required.includes(name));
  });
}

function fieldOf(name: string, schema: Schema, required: boolean): FormField {
  const { text, unit } = splitDescription(schema.description);
  const base = {
    name,
    label: asText(schema.title) ?? withoutUnit(humanise(name), unit),
    hint: text,
    required,
  };

  if (
    Array.isArray(schema.enum) &&
    schema.enum.every((choice) => ["string", "number"].includes(typeof choice))
  )
    return { ...base, kind: "choice", choices: schema.enum };
  if (schema.type === "boolean") return { ...base, kind: "boolean" };
  if (schema.type === "number" || schema.type === "integer")
    return { ...base, kind: schema.type, unit, ...limits(schema) };
  if (schema.type === "string") {
    const maxLength = asNumber(schema.maxLength);
    const minLength = asNumber(schema.minLength) ?? 0;
    const long = maxLength === null || maxLength > 200;
    return { ...base, kind: "text", minLength, maxLength, pattern: asText(schema.pattern), long };
  }
  if (schema.type === "array" && isObject(schema.items) && isNumeric(schema.items)) {
    const itemUnit = unit ?? splitDescription(schema.items.description).unit;
    return {
      ...base,
      label: withoutUnit(base.label, itemUnit),
      kind: "numbers",
      integer: schema.items.type === "integer",
      unit: itemUnit,
      minItems: asNumber(schema.minItems) ?? 0,
      maxItems: asNumber(schema.maxItems),
      ...limits(schema.items),
    };
  }
  if (schema.type === "array" && isObject(schema.items)) {
    const { items } = schema;
    const bounds = { minItems: asNumber(schema.minItems) ?? 0, maxItems: asNumber(schema.maxItems) };
    if (items.type === "string" && items.enum === undefined) return { ...base, kind: "texts", ...bounds };
    const fields = formFields(items);
    if (items.type === "object" && fields.length > 0) return { ...base, kind: "rows", fields, ...bounds };
  }
  if (schema.type === "object" && isObject(schema.properties) && Object.keys(schema.properties).length > 0)
    return { ...base, kind: "group", fields: formFields(schema) };
  return { ...base, kind: "json" };
}

const acronyms = new Set([
  "id",
  "url",
  "api",
  "irb",
  "ecg",
  "esr",
  "crp",
  "rr",
  "nn",
  "qt",
  "qtc",
  "sdnn",
  "rmssd",
  "bmi",
  "dna",
]);

/** "tenderJoints" and "tender_joints" are "Tender joints", "esrMmPerHour" is "ESR mm per hour", "das28" is "DAS28". */
export function humanise(name: string): string {
  const words = name
    .replace(/[_-]+/g, " ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(" ")
    .map((word, index) => {
      const acronym =
        acronyms.has(word.toLowerCase()) || /^[a-z]{2,}\d+$/.test(word) || /^[A-Z0-9]{2,}$/.test(word);
      return acronym ? word.toUpperCase() : index > 0 ? word.toLowerCase() : word;
    });
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The unit stands beside the label, so it need not end it as well: "Global health mm" is "Global health". */
function withoutUnit(label: string, unit: string | null): string {
  return unit
    ? label.replace(/(?<=\S) (mm per hour|mg per litre|mm|cm|ms|seconds|percent|bpm|years|kg)$/, "")
    : label;
}

/** A description that ends in "Unit: mm/h." gives its unit, which then stands beside the field. */
function splitDescription(description: unknown): { text: string; unit: string | null } {
  if (typeof description !== "string") return { text: "", unit: null };
  const match = /\s*Unit: ([^.]+)\.$/.exec(description);
  return match
    ? { text: description.slice(0, match.index), unit: match[1] ?? null }
    : { text: description, unit: null };
}

function limits(schema: Schema): { minimum: number | null; maximum: number | null } {
  return { minimum: asNumber(schema.minimum), maximum: asNumber(schema.maximum) };
}

function isNumeric(schema: Schema): boolean {
  return schema.type === "number" || schema.type === "integer";
}

export function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
