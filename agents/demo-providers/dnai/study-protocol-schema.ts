import { documentSchema, integerIn, type JsonSchema, objectSchema } from "../shared/json-schema";
import { consentElements, vulnerableGroups } from "./study-protocol";

function text(description: string): JsonSchema {
  return { type: "string", minLength: 1, maxLength: 4000, description };
}

function texts(description: string): JsonSchema {
  return {
    type: "array",
    maxItems: 40,
    items: { type: "string", minLength: 1, maxLength: 1000 },
    description,
  };
}

function oneOf(description: string, values: readonly string[]): JsonSchema {
  return { type: "string", enum: values, description };
}

function someOf(description: string, values: readonly string[]): JsonSchema {
  return { type: "array", uniqueItems: true, items: { type: "string", enum: values }, description };
}

function yesOrNo(description: string): JsonSchema {
  return { type: "boolean", description };
}

/** A section: every field of it is optional. */
function section(properties: Record<string, JsonSchema>): JsonSchema {
  return objectSchema(properties, { optional: Object.keys(properties) });
}

const sections: Record<string, JsonSchema> = {
  version: section({ identifier: text("Version of the protocol"), date: text("Date of the version") }),
  registration: section({
    registry: text("Registry, or the intended one"),
    identifier: text("Identifier in the registry"),
  }),
  team: section({
    sponsor: text("Sponsor and how to reach it"),
    funding: text("Sources and types of support"),
    contributors: texts("Names, affiliations and roles"),
    qualifications: text("Training and qualifications of those who conduct the study"),
    conflictsOfInterest: text("Competing interests, or a statement that there are none"),
  }),
  rationale: section({
    background: text("The question, and the benefits and harms that earlier studies found"),
    comparatorChoice: text("Why these comparators"),
    objectives: texts("Objectives or hypotheses"),
    socialValue: text("Why the knowledge is worth the burden, and for whom"),
  }),
  design: section({
    kind: oneOf("Kind of study", ["parallel", "crossover", "factorial", "single-group", "observational"]),
    description: text(
      "Type, allocation ratio and framework (superiority, equivalence, non-inferiority, exploratory)",
    ),
    randomised: yesOrNo("Whether participants are allocated at random"),
    sequenceGeneration: text("How the allocation sequence is generated"),
    allocationConcealment: text("How the sequence is concealed until allocation"),
    blinding: oneOf("Who is blinded", ["none", "single", "double", "triple"]),
    blindingProcedure: text("How blinding is kept, and when it is broken"),
    setting: text("Where data are collected"),
    timeline: text("Schedule of enrolment, interventions, assessments and visits"),
  }),
  participants: section({
    inclusionCriteria: texts("Inclusion criteria"),
    exclusionCriteria: texts("Exclusion criteria"),
    sampleSize: integerIn("Participants needed", { unit: "participants", minimum: 1, maximum: 10_000_000 }),
    sampleSizeJustification: text("How the number was determined, with its assumptions"),
    recruitment: text("Strategies to reach the number"),
    equitableSelection: text("Why the selection is fair, given the purpose and the setting"),
    vulnerableGroups: someOf(
      "Groups that take part and need safeguards; [none] when none does",
      vulnerableGroups,
    ),
    vulnerableSafeguards: text("Additional safeguards for these groups"),
    vulnerableJustification: text("Why the study cannot be done in a less vulnerable group"),
  }),
  interventions: section({
    description: text("Interventions in enough detail to repeat them"),
    discontinuation: text("When an intervention is stopped or changed for a participant"),
    comparator: oneOf("What the intervention is compared with", [
      "none",
      "active",
      "usual-care",
      "placebo",
      "no-treatment",
    ]),
    placeboJustification: text("Why placebo or no treatment is acceptable here"),
    concomitantCare: text("Care that is allowed or forbidden beside the intervention"),
  }),
  outcomes: section({
    primary: texts("Primary outcomes with measure and time point"),
    secondary: texts("Secondary outcomes"),
  }),
  statistics: section({
    analysis: text("Analysis of the outcomes"),
    missingData: text("Analysis population and missing data"),
  }),
  risks: section({
    level: oneOf("Level of risk", ["minimal", "more-than-minimal"]),
    description: text("Risks and discomforts"),
    minimisation: text("How risks are minimised"),
    benefits: text("Benefits to participants and society"),
    balance: text("Why the risks are reasonable in relation to the benefits"),
  }),
  monitoring: section({
    dataMonitoring: text("Data monitoring committee, or why none is needed"),
    interimAnalyses: text("Interim analyses and stopping rules"),
    adverseEvents: text("Collecting, assessing, reporting and managing harms"),
    auditing: text("Frequency and procedures of audits"),
  }),
  consent: section({
    form: oneOf("How consent is documented", ["written", "electronic", "oral", "waived"]),
    process: text("Who obtains consent, when and how"),
    waiverJustification: text("Why consent or its documentation may be waived"),
    tells: someOf("What the consent information tells", consentElements),
    language: text("How the information is made understandable"),
    dependentRelationships: text("Who obtains consent when a participant depends on the investigator"),
    representative: text("Who consents for a participant who cannot"),
    assent: text("How assent is sought from those who can give it"),
  }),
  privacy: section({
    identifiableData: yesOrNo("Whether data can be traced to a person"),
    confidentiality: text("How personal information is collected, shared and kept"),
    dataManagement: text("Data entry, coding, security and storage"),
    biospecimens: yesOrNo("Whether biological material is collected"),
    futureUse: text("Storage and later use of data or material, and the consent for it"),
  }),
  aftercare: section({
    injuryCompensation: text("Treatment and compensation for those whom the study harms"),
    postTrialAccess: text("Access after the study to what proved beneficial"),
  }),
  dissemination: section({
    publication: text("How results are made public, negative ones too"),
    dataAccess: text("Who has access to the final data, and sharing"),
  }),
  ethicsReview: section({
    committee: text("The research ethics committee or IRB"),
    status: oneOf("Where the review stands", ["approved", "submitted", "not-submitted"]),
    amendments: text("How changes are communicated and approved"),
  }),
  environment: text("How harm to the environment is avoided"),
};

export const studyProtocolSchema = documentSchema(
  "Study protocol",
  { title: text("Title that names design, population and interventions"), ...sections },
  { optional: Object.keys(sections) },
);
