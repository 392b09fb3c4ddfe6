import type { Checklist, ChecklistItem } from "./checklist";
import { blinded, comparative, interventional, randomised, withBiospecimens } from "./conditions";
import { all, any, described, listed, named, type Rule, stated, when } from "./rules";

/** A SPIRIT item, with the section of ICH E6(R2) that asks for the same. */
function item(
  number: string,
  ich: string | null,
  requirement: string,
  needed: string,
  rule: Rule,
): ChecklistItem {
  const reference = `SPIRIT 2013 item ${number}${ich ? `; ICH E6(R2) ${ich}` : ""}`;
  return { id: `spirit-${number}`, reference, requirement, needed, rule };
}

const trial = (rule: Rule) => when(interventional, rule);

/** What a protocol must contain, by SPIRIT 2013 with the matching sections of good clinical practice. */
export const spiritChecklist: Checklist = {
  name: "SPIRIT 2013, with the matching sections of ICH E6(R2)",
  sources: [
    {
      citation:
        "Chan A-W, Tetzlaff JM, Altman DG, et al. SPIRIT 2013 statement: defining standard protocol items for clinical trials. Ann Intern Med 2013;158:200-7 (SPIRIT 2025 has since revised it)",
      year: 2013,
      url: "https://doi.org/10.7326/0003-4819-158-3-201302050-00583",
    },
    {
      citation:
        "International Council for Harmonisation. Integrated addendum to ICH E6(R1): guideline for good clinical practice E6(R2) (E6(R3) of 2025 has since revised it)",
      year: 2016,
    },
  ],
  items: [
    item(
      "1",
      "6.1.1",
      "A title that names design, population and interventions",
      "Name design, population and intervention in the title",
      described("title", 5),
    ),
    item(
      "2a",
      null,
      "Registry and identifier, or the intended registry",
      "Name the registry and, once there is one, the identifier",
      all(named("registration.registry"), named("registration.identifier")),
    ),
    item(
      "3",
      "6.1.1",
      "Date and identifier of the version",
      "Give the version and its date",
      all(named("version.identifier"), named("version.date")),
    ),
    item(
      "4",
      "6.14",
      "Sources and types of support",
      "List funding and other support",
      described("team.funding", 2),
    ),
    item(
      "5a",
      "6.1.5",
      "Names, affiliations and roles of contributors",
      "List who contributed and in which role",
      listed("team.contributors"),
    ),
    item(
      "5b",
      "6.1.2",
      "Sponsor and how to reach it",
      "Name the sponsor with contact details",
      described("team.sponsor", 2),
    ),
    item(
      "6a",
      "6.2.2-6.2.3",
      "Research question, with benefits and harms that earlier studies found",
      "Summarise what is known and why the study is needed",
      described("rationale.background", 10),
    ),
    item(
      "6b",
      null,
      "Why these comparators",
      "Explain the choice of comparators",
      when(comparative, described("rationale.comparatorChoice")),
    ),
    item(
      "7",
      "6.3",
      "Specific objectives or hypotheses",
      "List the objectives",
      listed("rationale.objectives"),
    ),
    item(
      "8",
      "6.4.2",
      "Kind of trial, allocation ratio and framework",
      "Describe design, allocation ratio and framework",
      all(stated("design.kind"), described("design.description")),
    ),
    item("9", null, "Study settings", "Describe where data are collected", described("design.setting", 2)),
    item(
      "10",
      "6.5.1-6.5.2",
      "Inclusion and exclusion criteria",
      "List both kinds of criteria",
      all(listed("participants.inclusionCriteria"), listed("participants.exclusionCriteria")),
    ),
    item(
      "11a",
      "6.6.1",
      "Interventions in enough detail to repeat them",
      "Describe the interventions: what, how much, when and by whom",
      trial(described("interventions.description", 8)),
    ),
    item(
      "11b",
      "6.5.3",
      "When an intervention is stopped or changed",
      "Give criteria to stop or change it for a participant",
      trial(described("interventions.discontinuation")),
    ),
    item(
      "11d",
      "6.6.2",
      "Care that is allowed or forbidden beside it",
      "State concomitant care",
      trial(described("interventions.concomitantCare")),
    ),
    item(
      "12",
      "6.4.1",
      "Primary and secondary outcomes",
      "List outcomes with measure and time point",
      all(listed("outcomes.primary"), listed("outcomes.secondary")),
    ),
    item(
      "13",
      "6.4.5",
      "Time schedule of enrolment, interventions and visits",
      "Describe the schedule",
      described("design.timeline"),
    ),
    item(
      "14",
      "6.9.2",
      "Sample size and how it was determined",
      "Give the number with its assumptions",
      all(stated("participants.sampleSize"), described("participants.sampleSizeJustification", 6)),
    ),
    item(
      "15",
      null,
      "Strategies to reach the number",
      "Describe recruitment",
      described("participants.recruitment"),
    ),
    item(
      "16a",
      "6.4.3",
      "How the allocation sequence is generated",
      "Describe sequence generation",
      when(randomised, described("design.sequenceGeneration")),
    ),
    item(
      "16b",
      "6.4.3",
      "How the sequence is concealed",
      "Describe concealment until allocation",
      when(randomised, described("design.allocationConcealment")),
    ),
    item(
      "17a",
      "6.4.3",
      "Who is blinded, how, and when it is broken",
      "Describe blinding and unblinding",
      when(blinded, described("design.blindingProcedure")),
    ),
    item(
      "19",
      "6.13",
      "Data entry, coding, security and storage",
      "Describe data management",
      described("privacy.dataManagement"),
    ),
    item(
      "20a",
      "6.9.1",
      "Statistical methods for the outcomes",
      "Describe the analysis",
      described("statistics.analysis", 6),
    ),
    item(
      "20c",
      "6.9.5, 6.9.7",
      "Analysis population and missing data",
      "Describe both",
      described("statistics.missingData"),
    ),
    item(
      "21a",
      "5.5.2",
      "Data monitoring committee, or why none",
      "Describe its composition and role, or the reason for none",
      described("monitoring.dataMonitoring"),
    ),
    item(
      "21b",
      "6.9.1",
      "Interim analyses and stopping rules",
      "Describe them, or state that there are none and why",
      trial(described("monitoring.interimAnalyses")),
    ),
    item(
      "22",
      "6.8",
      "Collecting, assessing, reporting and managing harms",
      "Describe harms reporting",
      described("monitoring.adverseEvents", 6),
    ),
    item(
      "23",
      "5.19",
      "Auditing of trial conduct",
      "State frequency and procedures of audits",
      described("monitoring.auditing"),
    ),
    item(
      "24",
      "6.12",
      "Approval by a research ethics committee",
      "Name the committee and where its review stands",
      all(named("ethicsReview.committee"), stated("ethicsReview.status")),
    ),
    item(
      "25",
      null,
      "How amendments are communicated",
      "Describe how changes reach those concerned",
      described("ethicsReview.amendments"),
    ),
    item(
      "26a",
      "4.8",
      "Who obtains consent or assent, and how",
      "Describe the consent process",
      all(stated("consent.form"), described("consent.process")),
    ),
    item(
      "26b",
      null,
      "Consent for later use of data and material",
      "Describe the consent for ancillary studies",
      when(withBiospecimens, described("privacy.futureUse")),
    ),
    item(
      "27",
      null,
      "How personal information is collected, shared and kept",
      "Describe confidentiality before, during and after",
      described("privacy.confidentiality"),
    ),
    item(
      "28",
      null,
      "Competing interests",
      "State them, or that there are none",
      described("team.conflictsOfInterest", 2),
    ),
    item(
      "29",
      null,
      "Access to the final data",
      "State who has access, and any limits by contract",
      described("dissemination.dataAccess"),
    ),
    item(
      "30",
      "5.8",
      "Care and compensation for those whom the trial harms",
      "Describe ancillary and post-trial care and compensation",
      any(described("aftercare.injuryCompensation"), described("aftercare.postTrialAccess")),
    ),
    item(
      "31a",
      "6.15",
      "How results are made public",
      "Describe plans for publication",
      described("dissemination.publication"),
    ),
    item(
      "33",
      null,
      "Collection, storage and use of biological specimens",
      "Describe the plans for specimens",
      when(withBiospecimens, all(described("privacy.dataManagement"), described("privacy.futureUse"))),
    ),
  ],
};
