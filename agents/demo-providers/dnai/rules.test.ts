import { describe, expect, test } from "vitest";
import {
  all,
  any,
  described,
  either,
  includes,
  listed,
  named,
  type Rule,
  stated,
  when,
  whereField,
} from "./rules";
import type { StudyProtocol } from "./study-protocol";

const title = "A title";
const status = (rule: Rule, protocol: Omit<StudyProtocol, "title">) => rule({ title, ...protocol }).status;

describe("described", () => {
  const rule = described("risks.balance");
  test.each([
    { balance: undefined, expected: "missing" },
    { balance: "   ", expected: "missing" },
    { balance: "TBD", expected: "unclear" },
    { balance: "n/a", expected: "unclear" },
    { balance: "To be determined.", expected: "unclear" },
    { balance: "Risks are fine", expected: "unclear" },
    { balance: "Benefits clearly outweigh risks", expected: "met" },
  ])("given $balance, it is $expected", ({ balance, expected }) => {
    expect(status(rule, { risks: balance === undefined ? {} : { balance } })).toBe(expected);
  });

  test("given no section at all, it is missing", () => {
    expect(status(rule, {})).toBe("missing");
  });

  test("given one word where a name is enough, it is met; a placeholder still is not", () => {
    expect(status(named("registration.registry"), { registration: { registry: "ISRCTN" } })).toBe("met");
    expect(status(named("registration.registry"), { registration: { registry: "pending" } })).toBe("unclear");
  });
});

describe("listed, stated and includes", () => {
  test.each([
    { inclusionCriteria: [], expected: "missing" },
    { inclusionCriteria: ["TBD"], expected: "unclear" },
    { inclusionCriteria: ["TBD", "Adults"], expected: "met" },
  ])("a list of $inclusionCriteria is $expected", ({ inclusionCriteria, expected }) => {
    expect(status(listed("participants.inclusionCriteria"), { participants: { inclusionCriteria } })).toBe(
      expected,
    );
  });

  test("a boolean that is false is stated", () => {
    expect(status(stated("privacy.identifiableData"), { privacy: { identifiableData: false } })).toBe("met");
    expect(status(stated("privacy.identifiableData"), { privacy: {} })).toBe("missing");
  });

  test("an entry that a list leaves out is missing", () => {
    const rule = includes("consent.tells", "voluntary");
    expect(status(rule, { consent: { tells: ["voluntary"] } })).toBe("met");
    expect(status(rule, { consent: { tells: ["risks"] } })).toBe("missing");
    expect(status(rule, {})).toBe("missing");
  });
});

describe("all and any", () => {
  const balance = "Benefits clearly outweigh risks";
  const rule = all(described("risks.balance"), described("risks.benefits"));

  test.each([
    { risks: {}, expected: "missing" },
    { risks: { balance }, expected: "unclear" },
    { risks: { balance, benefits: "TBD" }, expected: "unclear" },
    { risks: { balance, benefits: balance }, expected: "met" },
  ])("all of two, given $risks, is $expected", ({ risks, expected }) => {
    expect(status(rule, { risks })).toBe(expected);
  });

  test.each([
    { risks: {}, expected: "missing" },
    { risks: { benefits: "TBD" }, expected: "unclear" },
    { risks: { benefits: "TBD", balance }, expected: "met" },
  ])("any of two, given $risks, is $expected", ({ risks, expected }) => {
    expect(status(any(described("risks.balance"), described("risks.benefits")), { risks })).toBe(expected);
  });
});

describe("when", () => {
  const data = whereField("privacy.identifiableData", (value) => value === true, "no names");
  const tissue = whereField("privacy.biospecimens", (value) => value === true, "no tissue");
  const rule = when(either(data, tissue), described("privacy.futureUse"));

  test.each([
    { privacy: {}, expected: "unclear" },
    { privacy: { identifiableData: false }, expected: "unclear" },
    { privacy: { identifiableData: false, biospecimens: false }, expected: "not-applicable" },
    { privacy: { identifiableData: true }, expected: "missing" },
    { privacy: { biospecimens: true, futureUse: "Stored with consent for research" }, expected: "met" },
  ])("given $privacy, it is $expected", ({ privacy, expected }) => {
    expect(status(rule, { privacy })).toBe(expected);
  });
});
