import type { Checklist, ChecklistItem } from "./checklist";
import {
  anyVulnerable,
  consentSought,
  identifiable,
  includesGroup,
  interventional,
  untreatedComparator,
  withBiospecimens,
} from "./conditions";
import { all, described, either, includes, named, type Rule, stated, when } from "./rules";

function item(paragraph: string, requirement: string, needed: string, rule: Rule): ChecklistItem {
  const reference = `Declaration of Helsinki 2013 paragraph ${paragraph}`;
  return { id: `helsinki-${paragraph}`, reference, requirement, needed, rule };
}

const cannotConsent = includesGroup("children", "impaired-decision-making");

/** What the Declaration of Helsinki asks of a protocol, in this service's words. */
export const helsinkiChecklist: Checklist = {
  name: "Declaration of Helsinki 2013",
  sources: [
    {
      citation:
        "World Medical Association. Declaration of Helsinki: ethical principles for medical research involving human subjects. JAMA 2013;310:2191-4 (revised again in 2024, in the same order of topics)",
      year: 2013,
      url: "https://doi.org/10.1001/jama.2013.281053",
    },
  ],
  items: [
    item(
      "11",
      "Possible harm to the environment is minimised",
      "State how harm to the environment is avoided",
      described("environment"),
    ),
    item(
      "12",
      "Those who conduct the research have the training and qualifications for it",
      "State training and qualifications",
      described("team.qualifications"),
    ),
    item(
      "13",
      "Groups that are under-represented have access to taking part",
      "Say how selection gives fair access",
      described("participants.equitableSelection"),
    ),
    item(
      "15",
      "Those who are harmed are compensated and treated",
      "Describe compensation and treatment",
      described("aftercare.injuryCompensation"),
    ),
    item(
      "16",
      "The importance of the objective outweighs the risks and burdens",
      "Weigh the objective and its value against the risks",
      all(described("rationale.socialValue"), described("risks.balance")),
    ),
    item(
      "17",
      "Risks and burdens are assessed beforehand, minimised and monitored",
      "Assess the risks, and describe how they are minimised and monitored",
      all(
        described("risks.description"),
        described("risks.minimisation"),
        described("monitoring.adverseEvents"),
      ),
    ),
    item(
      "19",
      "Vulnerable groups and individuals have specific protection",
      "Describe the protection for each group",
      when(anyVulnerable, described("participants.vulnerableSafeguards")),
    ),
    item(
      "20",
      "Research in a vulnerable group answers its needs and cannot be done in another",
      "Justify why this group, and what it gains",
      when(anyVulnerable, described("participants.vulnerableJustification")),
    ),
    item(
      "21",
      "The research rests on scientific principles and knowledge of the literature",
      "Summarise the literature that it rests on",
      described("rationale.background", 10),
    ),
    item(
      "22",
      "The protocol states design, funding, sponsors, interests, incentives and ethics",
      "State design, funding, sponsor, competing interests and the ethical considerations",
      all(
        described("design.description"),
        described("team.funding", 2),
        named("team.sponsor"),
        described("team.conflictsOfInterest", 2),
        described("risks.balance"),
      ),
    ),
    item(
      "23",
      "An independent committee approved the protocol before the study begins",
      "Name the committee; obtain its approval, and describe how amendments reach it",
      (protocol) => {
        const base = all(
          named("ethicsReview.committee"),
          stated("ethicsReview.status"),
          described("ethicsReview.amendments"),
        )(protocol);
        const status = protocol.ethicsReview?.status;
        if (base.status !== "met" || status === "approved") return base;
        return { status: "unclear", found: `the review is ${status}, so the study may not begin` };
      },
    ),
    item(
      "24",
      "Privacy and confidentiality are protected by every precaution",
      "Describe the precautions",
      described("privacy.confidentiality"),
    ),
    item(
      "25",
      "Consent of those who can give it is voluntary",
      "Describe the consent process, and tell that taking part is voluntary",
      when(consentSought, all(described("consent.process"), includes("consent.tells", "voluntary"))),
    ),
    item(
      "26",
      "Participants are told aims, methods, funding, interests, benefits, risks and the right to withdraw",
      "Cover purpose, risks, benefits and voluntariness in the consent information",
      when(
        consentSought,
        all(
          ...(["purpose-and-procedures", "risks", "benefits", "voluntary"] as const).map((element) =>
            includes("consent.tells", element),
          ),
        ),
      ),
    ),
    item(
      "27",
      "Consent is sought by someone independent where a participant depends on the investigator",
      "Say who obtains consent from those who depend on the investigator",
      when(consentSought, described("consent.dependentRelationships")),
    ),
    item(
      "28",
      "A legally authorised representative consents for those who cannot",
      "Say who the representative is",
      when(cannotConsent, described("consent.representative")),
    ),
    item(
      "29",
      "Assent is sought from those who can give it, and dissent is respected",
      "Describe assent and dissent",
      when(cannotConsent, described("consent.assent")),
    ),
    item(
      "32",
      "Identifiable material or data: consent to collection, storage and reuse",
      "Describe the consent for storage and reuse",
      when(either(identifiable, withBiospecimens), described("privacy.futureUse")),
    ),
    item(
      "33",
      "Placebo or no treatment only where no proven intervention exists, or for compelling reasons",
      "Justify placebo or no treatment",
      when(interventional, when(untreatedComparator, described("interventions.placeboJustification", 8))),
    ),
    item(
      "34",
      "Access after the trial to what proved beneficial is provided for and disclosed",
      "Describe post-trial provisions",
      when(interventional, described("aftercare.postTrialAccess")),
    ),
    item(
      "35",
      "The study is registered publicly before the first participant",
      "Register the study, and give registry and identifier",
      all(named("registration.registry"), named("registration.identifier")),
    ),
    item(
      "36",
      "Results are made public, also negative ones",
      "Describe publication of all results",
      described("dissemination.publication"),
    ),
  ],
};
