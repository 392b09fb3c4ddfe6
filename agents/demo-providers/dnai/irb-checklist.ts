import type { Checklist, ChecklistItem } from "./checklist";
import {
  anyVulnerable,
  consentSought,
  consentWaived,
  identifiable,
  includesGroup,
  moreThanMinimalRisk,
  withBiospecimens,
} from "./conditions";
import { all, described, either, includes, listed, named, type Rule, stated, when } from "./rules";
import type { ConsentElement } from "./study-protocol";

function consentTells(id: string, element: ConsentElement, requirement: string, rule?: Rule): ChecklistItem {
  const paragraph = id.replace("46.116-b-", "");
  return {
    id,
    reference: `45 CFR 46.116(b)(${paragraph})`,
    requirement: `The consent information tells ${requirement}`,
    needed: `Add to the consent information ${requirement}, and list "${element}" in consent.tells`,
    rule: when(consentSought, rule ?? includes("consent.tells", element)),
  };
}

/** What an IRB must find before it approves research, by the revised Common Rule. */
export const irbChecklist: Checklist = {
  name: "45 CFR 46 (revised Common Rule): criteria for IRB approval",
  sources: [
    {
      citation:
        "US Department of Health and Human Services. 45 CFR part 46, Protection of Human Subjects (2018 requirements): sections 46.111, 46.116, 46.117, 46.204, 46.305 and 46.408",
      year: 2018,
      url: "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-A/part-46",
    },
  ],
  items: [
    {
      id: "46.111-a-1",
      reference: "45 CFR 46.111(a)(1)",
      requirement: "Risks are minimised by a sound design, without needless exposure",
      needed: "Describe the design, and how procedures and precautions keep risks as low as possible",
      rule: all(
        described("risks.minimisation"),
        described("design.description"),
        described("risks.description"),
      ),
    },
    {
      id: "46.111-a-2",
      reference: "45 CFR 46.111(a)(2)",
      requirement: "Risks are reasonable in relation to benefits and to the knowledge gained",
      needed: "State the benefits and the knowledge expected, and weigh them against the risks",
      rule: all(described("risks.benefits"), described("risks.balance")),
    },
    {
      id: "46.111-a-3",
      reference: "45 CFR 46.111(a)(3)",
      requirement: "Selection of subjects is equitable",
      needed:
        "Give inclusion and exclusion criteria, how people are recruited, and why this selection is fair",
      rule: all(
        listed("participants.inclusionCriteria"),
        listed("participants.exclusionCriteria"),
        described("participants.recruitment"),
        described("participants.equitableSelection"),
      ),
    },
    {
      id: "46.111-a-4",
      reference: "45 CFR 46.111(a)(4) and 46.116(a)",
      requirement:
        "Informed consent is sought from each subject or representative, understandably and without pressure",
      needed: "Describe who seeks consent, when and how, and how the information is made understandable",
      rule: when(consentSought, all(described("consent.process"), described("consent.language"))),
    },
    {
      id: "46.111-a-5",
      reference: "45 CFR 46.111(a)(5) and 46.117",
      requirement: "Consent is documented, or its documentation is waived with reason",
      needed: "Use a written or electronic signature, or justify why signatures are waived (46.117(c))",
      rule: (protocol) => {
        const form = protocol.consent?.form;
        if (form === undefined) return { status: "missing", found: "consent.form is not stated" };
        if (form === "written" || form === "electronic")
          return { status: "met", found: `consent is ${form}` };
        return described("consent.waiverJustification")(protocol);
      },
    },
    {
      id: "46.111-a-6",
      reference: "45 CFR 46.111(a)(6)",
      requirement: "Data are monitored for the safety of subjects, when appropriate",
      needed: "Describe who watches the data for safety, and how harms are collected and acted on",
      rule: when(
        moreThanMinimalRisk,
        all(described("monitoring.dataMonitoring"), described("monitoring.adverseEvents")),
      ),
    },
    {
      id: "46.111-a-7",
      reference: "45 CFR 46.111(a)(7)",
      requirement: "Privacy is protected and data are kept confidential",
      needed: "State whether data are identifiable, and how they are kept confidential and secure",
      rule: all(stated("privacy.identifiableData"), described("privacy.confidentiality")),
    },
    {
      id: "46.111-b",
      reference: "45 CFR 46.111(b)",
      requirement: "Subjects who are vulnerable to coercion have additional safeguards",
      needed: "Describe the additional safeguards for each vulnerable group",
      rule: when(anyVulnerable, described("participants.vulnerableSafeguards")),
    },
    {
      id: "46.116-a-5",
      reference: "45 CFR 46.116(a)(5)(i)",
      requirement: "Consent begins with a concise presentation of the key information",
      needed: "Say how the key information comes first, in words that a reader understands",
      rule: when(consentSought, all(described("consent.language"), listed("consent.tells", 3))),
    },
    consentTells(
      "46.116-b-1",
      "purpose-and-procedures",
      "that it is research, its purposes, duration and procedures",
    ),
    consentTells("46.116-b-2", "risks", "reasonably foreseeable risks and discomforts"),
    consentTells("46.116-b-3", "benefits", "benefits that may reasonably be expected"),
    consentTells("46.116-b-4", "alternatives", "alternative procedures or treatments"),
    consentTells("46.116-b-5", "confidentiality", "how far records are kept confidential"),
    consentTells(
      "46.116-b-6",
      "injury",
      "compensation and treatment for injury, where the risk is more than minimal",
      when(
        moreThanMinimalRisk,
        all(includes("consent.tells", "injury"), described("aftercare.injuryCompensation")),
      ),
    ),
    consentTells("46.116-b-7", "contacts", "whom to ask about the research, rights and injury"),
    consentTells("46.116-b-8", "voluntary", "that taking part is voluntary and may end without penalty"),
    consentTells(
      "46.116-b-9",
      "future-use",
      "whether information or specimens may be used later without identifiers",
      when(either(identifiable, withBiospecimens), includes("consent.tells", "future-use")),
    ),
    {
      id: "46.116-f",
      reference: "45 CFR 46.116(f)(3)",
      requirement:
        "A waiver of consent meets its criteria: minimal risk, impracticable otherwise, rights not harmed",
      needed: "Justify the waiver by each criterion; it is open only to minimal risk",
      rule: when(consentWaived, (protocol) => {
        if (protocol.risks?.level === "more-than-minimal")
          return { status: "missing", found: "consent is waived although the risk is more than minimal" };
        return all(stated("risks.level"), described("consent.waiverJustification"))(protocol);
      }),
    },
    {
      id: "46.204",
      reference: "45 CFR 46.204 (subpart B)",
      requirement: "Pregnant women and fetuses: risk only where justified, from earlier studies",
      needed: "Describe earlier studies, the justification and the safeguards for pregnant women and fetuses",
      rule: when(
        includesGroup("pregnant-women"),
        all(
          described("participants.vulnerableJustification"),
          described("participants.vulnerableSafeguards"),
        ),
      ),
    },
    {
      id: "46.305",
      reference: "45 CFR 46.305 (subpart C)",
      requirement: "Prisoners: no undue advantage, fair selection, understandable information",
      needed: "Describe the safeguards for prisoners, and why their selection is fair",
      rule: when(
        includesGroup("prisoners"),
        all(described("participants.vulnerableSafeguards"), described("participants.equitableSelection")),
      ),
    },
    {
      id: "46.408",
      reference: "45 CFR 46.408 (subpart D)",
      requirement: "Children: permission of the parents and assent of the child",
      needed: "Describe the permission of parents or guardians, and how assent is sought",
      rule: when(
        includesGroup("children"),
        all(described("consent.representative"), described("consent.assent")),
      ),
    },
    {
      id: "46.109",
      reference: "45 CFR 46.109 and 46.108(a)(3)",
      requirement: "An IRB reviews the research, and changes before they begin",
      needed: "Name the IRB, where its review stands, and how changes are approved",
      rule: all(
        named("ethicsReview.committee"),
        stated("ethicsReview.status"),
        described("ethicsReview.amendments"),
      ),
    },
  ],
};
