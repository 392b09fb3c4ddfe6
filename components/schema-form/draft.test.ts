import { describe, expect, test } from "vitest";
import { addRow, draftOf, readDraft, removeRow, rowCount } from "./draft";
import { formFields, humanise } from "./form-field";

const schema = {
  type: "object",
  properties: {
    tenderJoints: { type: "integer", minimum: 0, maximum: 28, description: "Tender joints. Unit: joints." },
    esrMmPerHour: { type: "number", minimum: 1, maximum: 200 },
    sex: { type: "string", enum: ["female", "male"] },
    fever: { type: "boolean" },
    rr: { type: "array", minItems: 2, maxItems: 3, items: { type: "number", minimum: 200, maximum: 10_000 } },
    patient: {
      type: "object",
      properties: { age: { type: "integer", minimum: 0, maximum: 130 } },
      required: ["age"],
    },
    rows: { type: "array", items: { type: "object" } },
    aims: { type: "array", minItems: 1, maxItems: 2, items: { type: "string" } },
    visits: {
      type: "array",
      minItems: 2,
      maxItems: 3,
      items: {
        type: "object",
        properties: { date: { type: "string", maxLength: 10 }, crp: { type: "number", minimum: 0 } },
        required: ["date"],
      },
    },
  },
  required: ["tenderJoints", "esrMmPerHour", "rr"],
};
const fields = formFields(schema);

describe("formFields", () => {
  test("each kind of property gets its control, the required ones first, in the order of `required`", () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["tenderJoints", "integer"],
      ["esrMmPerHour", "number"],
      ["rr", "numbers"],
      ["sex", "choice"],
      ["fever", "boolean"],
      ["patient", "group"],
      ["rows", "json"],
      ["aims", "texts"],
      ["visits", "rows"],
    ]);
  });

  test("the unit leaves the description and stands by itself", () => {
    expect(fields[0]).toMatchObject({ label: "Tender joints", hint: "Tender joints.", unit: "joints" });
  });

  test("names become labels", () => {
    expect(humanise("esrMmPerHour")).toBe("ESR mm per hour");
    expect(humanise("das28")).toBe("DAS28");
    expect(humanise("low_complement")).toBe("Low complement");
  });
});

describe("readDraft", () => {
  const good = {
    tenderJoints: 4,
    esrMmPerHour: 44.5,
    sex: "male",
    fever: true,
    rr: [800, 810],
    patient: { age: 40 },
    aims: ["one", "two"],
    visits: [{ date: "2026-01-02", crp: 4.5 }, { date: "2026-02-03" }],
  };

  test("given an example, it gives the example back", () => {
    expect(readDraft(fields, draftOf(fields, good))).toEqual({ value: good, errors: {} });
  });

  test("given an empty form, it asks for what is required and leaves the rest out", () => {
    expect(readDraft(fields, draftOf(fields, {}))).toEqual({
      value: { fever: false },
      errors: { tenderJoints: "This is needed.", esrMmPerHour: "This is needed.", rr: "This is needed." },
    });
  });

  test.each([
    ["tenderJoints", "29", "At most 28."],
    ["tenderJoints", "-1", "At least 0."],
    ["tenderJoints", "1.5", "Write a whole number."],
    ["tenderJoints", "1e1", "Write a number."],
    ["esrMmPerHour", "fast", "Write a number."],
    ["rr", "800", "At least 2 numbers; these are 1."],
    ["rr", "800 810 820 830", "At most 3 numbers; these are 4."],
    ["rr", "800, 1", "Number 2 (1): At least 200."],
    ["rows", "{", "This is not JSON."],
    ["patient.age", "131", "At most 130."],
    ["aims", "a\nb\n\nc", "At most 2 lines; these are 3."],
    ["visits.1.crp", "-1", "At least 0."],
    ["visits.0.date", "", "This is needed."],
  ])("given %s = %s, it says %s", (path, text, wrong) => {
    const { errors } = readDraft(fields, { ...draftOf(fields, good), [path]: text });
    expect(errors).toEqual({ [path]: wrong });
  });
});

describe("rows", () => {
  const visits = fields.find(({ name }) => name === "visits");
  if (visits?.kind !== "rows") throw new Error("No rows.");
  const draft = draftOf([visits], { visits: [{ date: "a" }, { date: "b", crp: 2 }, { date: "c" }] });

  test("one that goes takes its values with it, and those below move up", () => {
    expect(readDraft([visits], removeRow(draft, "visits", 0)).value).toEqual({
      visits: [{ date: "b", crp: 2 }, { date: "c" }],
    });
    expect(readDraft([visits], removeRow(draft, "visits", 2)).value).toEqual({
      visits: [{ date: "a" }, { date: "b", crp: 2 }],
    });
  });

  test("one that comes is empty, and at the end", () => {
    const more = addRow(removeRow(draft, "visits", 1), "visits", visits.fields);
    expect(rowCount(more, "visits")).toBe(3);
    expect(readDraft([visits], more)).toEqual({
      value: { visits: [{ date: "a" }, { date: "c" }, {}] },
      errors: { "visits.2.date": "This is needed." },
    });
  });

  test("too few and too many are said of the list; none of an optional list is none", () => {
    const one = removeRow(removeRow(draft, "visits", 0), "visits", 0);
    expect(readDraft([visits], one).errors).toEqual({ visits: "At least 2; these are 1." });
    const four = addRow(draft, "visits", visits.fields);
    expect(readDraft([visits], four).errors).toMatchObject({ visits: "At most 3; these are 4." });
    expect(readDraft([visits], removeRow(one, "visits", 0))).toEqual({ value: {}, errors: {} });
  });
});
