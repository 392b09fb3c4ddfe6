import { type FormField, isObject } from "./form-field";

/** What stands in a form's controls, by path ("patient.age"). A checkbox is a boolean, all else is text. */
export type Draft = Readonly<Record<string, string | boolean>>;
export type Errors = Readonly<Record<string, string>>;

/** A form filled with a value, such as the service's example. */
export function draftOf(fields: readonly FormField[], value: unknown, at = ""): Draft {
  const given = isObject(value) ? value : {};
  return Object.assign(
    {},
    ...fields.map((field) => {
      const path = at + field.name;
      const own = given[field.name];
      if (field.kind === "group") return draftOf(field.fields, own, `${path}.`);
      if (field.kind === "rows") {
        const rows = Array.isArray(own) ? own : Array.from({ length: field.required ? field.minItems : 0 });
        return Object.assign(
          { [lengthOf(path)]: String(rows.length) },
          ...rows.map((row, index) => draftOf(field.fields, row, `${path}.${index}.`)),
        );
      }
      if (field.kind === "boolean") return { [path]: own === true };
      if (own === undefined || own === null) return { [path]: "" };
      if (field.kind === "texts") return { [path]: Array.isArray(own) ? own.join("\n") : "" };
      if (field.kind === "numbers") return { [path]: Array.isArray(own) ? own.join(", ") : "" };
      return { [path]: field.kind === "json" ? JSON.stringify(own, null, 2) : String(own) };
    }),
  );
}

/** The value that a form says, and what is wrong with it, by path. The provider checks again with the schema itself. */
export function readDraft(
  fields: readonly FormField[],
  draft: Draft,
  at = "",
): { value: Record<string, unknown>; errors: Errors } {
  const value: Record<string, unknown> = {};
  let errors: Errors = {};
  for (const field of fields) {
    const path = at + field.name;
    if (field.kind === "group") {
      const touched = Object.entries(draft).some(
        ([key, raw]) => key.startsWith(`${path}.`) && raw !== "" && raw !== false,
      );
      if (!field.required && !touched) continue;
      const inner = readDraft(field.fields, draft, `${path}.`);
      value[field.name] = inner.value;
      errors = { ...errors, ...inner.errors };
      continue;
    }
    if (field.kind === "rows") {
      const read = readRows(field, draft, path);
      if (read.value.length > 0 || field.required) value[field.name] = read.value;
      errors = { ...errors, ...read.errors };
      continue;
    }
    const raw = draft[path] ?? "";
    if (typeof raw === "boolean") {
      value[field.name] = raw;
      continue;
    }
    if (raw.trim() === "") {
      if (field.required) errors = { ...errors, [path]: "This is needed." };
      continue;
    }
    const read = readText(field, raw);
    if ("wrong" in read) errors = { ...errors, [path]: read.wrong };
    else value[field.name] = read.value;
  }
  return { value, errors };
}

/** How many rows a form holds of a list of objects; their fields stand under "path.0.", "path.1." and so on. */
export function rowCount(draft: Draft, path: string): number {
  return Number(draft[lengthOf(path)] ?? 0);
}

/** The draft with one empty row more. */
export function addRow(draft: Draft, path: string, fields: readonly FormField[]): Draft {
  const count = rowCount(draft, path);
  return { ...draft, ...draftOf(fields, {}, `${path}.${count}.`), [lengthOf(path)]: String(count + 1) };
}

/** The draft without one row; those below move up. */
export function removeRow(draft: Draft, path: string, index: number): Draft {
  const moved = Object.entries(draft).flatMap(([key, value]): [string, string | boolean][] => {
    const row = key.startsWith(`${path}.`) ? /^(\d+)\.(.+)$/.exec(key.slice(path.length + 1)) : null;
    if (!row || Number(row[1]) < index) return [[key, value]];
    return Number(row[1]) === index ? [] : [[`${path}.${Number(row[1]) - 1}.${row[2]}`, value]];
  });
  return { ...Object.fromEntries(moved), [lengthOf(path)]: String(rowCount(draft, path) - 1) };
}

/** No field can be called this: below a list stand only the numbers of its rows. */
function lengthOf(path: string): string {
  return `${path}.length`;
}

type Rows = Extract<FormField, { kind: "rows" }>;

function readRows(field: Rows, draft: Draft, path: string): { value: unknown[]; errors: Errors } {
  const count = rowCount(draft, path);
  const read = Array.from({ length: count }, (_, index) =>
    readDraft(field.fields, draft, `${path}.${index}.`),
  );
  const needed = count > 0 || field.required ? field.minItems : 0;
  const wrong =
    count < needed
      ? `At least ${needed}; these are ${count}.`
      : field.maxItems !== null && count > field.maxItems
        ? `At most ${field.maxItems}; these are ${count}.`
        : null;
  return {
    value: read.map(({ value }) => value),
    errors: Object.assign(wrong ? { [path]: wrong } : {}, ...read.map(({ errors }) => errors)),
  };
}

type Read = { value: unknown } | { wrong: string };

function readText(field: FormField, raw: string): Read {
  switch (field.kind) {
    case "number":
    case "integer":
      return readNumber(raw, field.kind === "integer", field);
    case "numbers":
      return readNumbers(field, raw);
    case "texts":
      return readTexts(field, raw);
    case "choice":
      return { value: field.choices.find((choice) => String(choice) === raw) ?? raw };
    case "json":
      try {
        return { value: JSON.parse(raw) };
      } catch {
        return { wrong: "This is not JSON." };
      }
    case "text":
      if (raw.length < field.minLength) return { wrong: `At least ${field.minLength} characters.` };
      if (field.maxLength !== null && raw.length > field.maxLength)
        return { wrong: `At most ${field.maxLength} characters.` };
      return { value: raw };
    default:
      return { value: raw };
  }
}

type Limits = { minimum: number | null; maximum: number | null };

function readNumber(raw: string, integer: boolean, { minimum, maximum }: Limits): Read {
  const text = raw.trim().replace(",", ".");
  const value = Number(text);
  if (!/^-?\d+(\.\d+)?$/.test(text) || !Number.isFinite(value)) return { wrong: "Write a number." };
  if (integer && !Number.isInteger(value)) return { wrong: "Write a whole number." };
  if (minimum !== null && value < minimum) return { wrong: `At least ${minimum}.` };
  if (maximum !== null && value > maximum) return { wrong: `At most ${maximum}.` };
  return { value };
}

function readTexts({ minItems, maxItems }: Extract<FormField, { kind: "texts" }>, raw: string): Read {
  const lines = raw
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length < minItems) return { wrong: `At least ${minItems} lines; these are ${lines.length}.` };
  if (maxItems !== null && lines.length > maxItems)
    return { wrong: `At most ${maxItems} lines; these are ${lines.length}.` };
  return { value: lines };
}

function readNumbers(field: Extract<FormField, { kind: "numbers" }>, raw: string): Read {
  const items = raw.split(/[\s,;]+/).filter((item) => item !== "");
  if (items.length < field.minItems)
    return { wrong: `At least ${field.minItems} numbers; these are ${items.length}.` };
  if (field.maxItems !== null && items.length > field.maxItems)
    return { wrong: `At most ${field.maxItems} numbers; these are ${items.length}.` };
  const values: unknown[] = [];
  for (const [index, item] of items.entries()) {
    const read = readNumber(item, field.integer, field);
    if ("wrong" in read) return { wrong: `Number ${index + 1} (${item}): ${read.wrong}` };
    values.push(read.value);
  }
  return { value: values };
}
