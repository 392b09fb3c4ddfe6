import { describe, expect, test } from "vitest";
import { draftOf, readDraft } from "./draft";
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
  ])("given %s = %s, it says %s", (path, text, wrong) => {
    const { errors } = readDraft(fields, { ...draftOf(fields, good), [path]: text });
    expect(errors).toEqual({ [path]: wrong });
  });
});
