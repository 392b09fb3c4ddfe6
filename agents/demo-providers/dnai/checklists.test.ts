import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerReview } from "./answer-review";
import { type Checklist, review } from "./checklist";
import { exampleProtocol } from "./example-protocol";
import { helsinkiChecklist } from "./helsinki-checklist";
import { irbChecklist } from "./irb-checklist";
import { spiritChecklist } from "./spirit-checklist";
import { consentElements, type StudyProtocol } from "./study-protocol";

const checklists = [irbChecklist, spiritChecklist, helsinkiChecklist];

/** The example with its gaps filled. */
const complete: StudyProtocol = {
  ...exampleProtocol,
  registration: { registry: "ClinicalTrials.gov", identifier: "NCT00000000" },
  monitoring: {
    ...exampleProtocol.monitoring,
    interimAnalyses: "None is planned, because the trial is short",
    auditing: "The sponsor audits each clinic once a year",
  },
  consent: {
    ...exampleProtocol.consent,
    tells: consentElements,
    dependentRelationships: "A nurse outside the clinic seeks consent from the investigators' own patients",
  },
  privacy: {
    ...exampleProtocol.privacy,
    futureUse: "Coded data are kept for later studies with separate consent",
  },
  aftercare: {
    ...exampleProtocol.aftercare,
    postTrialAccess: "Participants may continue the drug for a year at no cost",
  },
  ethicsReview: { ...exampleProtocol.ethicsReview, status: "approved" },
  environment: "Returned capsules are destroyed as pharmaceutical waste",
};

const open = (checklist: Checklist, protocol: StudyProtocol) =>
  review(checklist, protocol)
    .items.filter(({ needed }) => needed !== null)
    .map(({ id, status }) => `${id} ${status}`);

const statusOf = (checklist: Checklist, id: string, protocol: StudyProtocol) =>
  review(checklist, protocol).items.find((item) => item.id === id)?.status;

describe.each(checklists)("$name", (checklist) => {
  test("given a complete protocol, nothing is needed", () => {
    expect(open(checklist, complete)).toEqual([]);
    expect(answerReview(checklist, complete).interpretation.code).toBe("complete");
  });

  test("given a title alone, nothing is met but what the title can meet, and all of it names what is needed", () => {
    const { counts, items } = review(checklist, { title: "Untitled" });
    expect(counts.met).toBe(0);
    expect(counts.missing + counts.unclear).toBe(counts.total);
    for (const item of items) expect(item.needed).toMatch(/\w{3,}/);
  });

  test("its ids are unique and each item says where it stands", () => {
    expect(new Set(checklist.items.map(({ id }) => id)).size).toBe(checklist.items.length);
    for (const { reference } of checklist.items)
      expect(reference).toMatch(/^(45 CFR|SPIRIT 2013|Declaration)/);
  });

  test("given a complete protocol with any one section taken away, it never finds more than before", () => {
    const sections = Object.keys(complete).filter((section) => section !== "title");
    const before = review(checklist, complete).counts.met;
    fc.assert(
      fc.property(fc.subarray(sections, { minLength: 1 }), (removed) => {
        const kept = Object.entries(complete).filter(([section]) => !removed.includes(section));
        const { counts } = review(checklist, { ...Object.fromEntries(kept), title: complete.title });
        expect(counts.met).toBeLessThanOrEqual(before);
        expect(counts.met + counts.missing + counts.unclear + counts.notApplicable).toBe(counts.total);
      }),
      { numRuns: 500 },
    );
  });

  test("given the same protocol twice, the answers are the same", () => {
    expect(answerReview(checklist, exampleProtocol)).toEqual(answerReview(checklist, exampleProtocol));
  });
});

describe("the gaps of the example", () => {
  test("the IRB review finds the injury and the later use that its consent leaves out", () => {
    expect(open(irbChecklist, exampleProtocol)).toEqual(["46.116-b-6 unclear", "46.116-b-9 missing"]);
  });

  test("the audit finds the pending identifier, the interim analyses to be decided and the audits", () => {
    expect(open(spiritChecklist, exampleProtocol)).toEqual([
      "spirit-2a unclear",
      "spirit-21b unclear",
      "spirit-23 missing",
    ]);
  });

  test("the ethics check finds six", () => {
    expect(open(helsinkiChecklist, exampleProtocol)).toEqual([
      "helsinki-11 missing",
      "helsinki-23 unclear",
      "helsinki-27 missing",
      "helsinki-32 missing",
      "helsinki-34 missing",
      "helsinki-35 unclear",
    ]);
  });
});

describe("rules that a case decides", () => {
  const withGroups = (
    ...vulnerableGroups: NonNullable<StudyProtocol["participants"]>["vulnerableGroups"] & object
  ) => ({
    ...complete,
    participants: { ...complete.participants, vulnerableGroups },
  });

  test.each([
    { id: "46.408", group: "children" },
    { id: "46.204", group: "pregnant-women" },
    { id: "46.305", group: "prisoners" },
  ] as const)("given $group, $id applies; without, it does not", ({ id, group }) => {
    expect(statusOf(irbChecklist, id, complete)).toBe("not-applicable");
    expect(statusOf(irbChecklist, id, withGroups(group))).not.toBe("not-applicable");
    expect(statusOf(irbChecklist, "46.111-b", withGroups(group))).toBe("missing");
  });

  test("given a waiver of consent at more than minimal risk, 46.116(f) is missing however well it is justified", () => {
    const waiverJustification = "Records of thousands of former patients who cannot be reached";
    const consent = { form: "waived", waiverJustification } as const;
    expect(statusOf(irbChecklist, "46.116-f", { ...complete, consent })).toBe("missing");
    const minimal = { ...complete, consent, risks: { ...complete.risks, level: "minimal" as const } };
    expect(statusOf(irbChecklist, "46.116-f", minimal)).toBe("met");
    expect(statusOf(irbChecklist, "46.116-b-2", minimal)).toBe("not-applicable");
  });

  test("given oral consent, its documentation needs a reason", () => {
    const consent = { ...complete.consent, form: "oral" } as const;
    expect(statusOf(irbChecklist, "46.111-a-5", { ...complete, consent })).toBe("missing");
  });

  test("given an active comparator, the paragraph on placebo does not apply", () => {
    const interventions = { ...complete.interventions, comparator: "active" } as const;
    expect(statusOf(helsinkiChecklist, "helsinki-33", complete)).toBe("met");
    expect(statusOf(helsinkiChecklist, "helsinki-33", { ...complete, interventions })).toBe("not-applicable");
  });

  test("given an observational study, what only trials need does not apply", () => {
    const design = {
      ...complete.design,
      kind: "observational",
      randomised: false,
      blinding: "none",
    } as const;
    for (const item of ["spirit-11a", "spirit-16a", "spirit-17a"])
      expect(statusOf(spiritChecklist, item, { ...complete, design })).toBe("not-applicable");
  });

  test("given a review that is only submitted, the study may not begin", () => {
    const ethicsReview = { ...complete.ethicsReview, status: "submitted" } as const;
    expect(statusOf(helsinkiChecklist, "helsinki-23", { ...complete, ethicsReview })).toBe("unclear");
  });
});

test("the answer names sections and does not repeat what they say", () => {
  const answer = JSON.stringify(answerReview(spiritChecklist, exampleProtocol).inputsUsed);
  expect(answer).toContain("monitoring");
  expect(answer).not.toContain("transaminases");
});
