import { type Condition, whereField } from "./rules";
import type { VulnerableGroup } from "./study-protocol";

export const randomised = whereField(
  "design.randomised",
  (value) => value === true,
  "participants are not allocated at random",
);

export const blinded = whereField("design.blinding", (value) => value !== "none", "nobody is blinded");

export const interventional = whereField(
  "design.kind",
  (value) => value !== "observational",
  "the study only observes",
);

export const untreatedComparator = whereField(
  "interventions.comparator",
  (value) => value === "placebo" || value === "no-treatment",
  "no participant gets placebo or no treatment as the comparator",
);

export const comparative = whereField(
  "interventions.comparator",
  (value) => value !== "none",
  "nothing is compared",
);

export const moreThanMinimalRisk = whereField(
  "risks.level",
  (value) => value === "more-than-minimal",
  "the risk is minimal",
);

export const consentWaived = whereField(
  "consent.form",
  (value) => value === "waived",
  "consent is not waived",
);

export const consentSought = whereField("consent.form", (value) => value !== "waived", "consent is waived");

export const identifiable = whereField(
  "privacy.identifiableData",
  (value) => value === true,
  "data cannot be traced to a person",
);

export const withBiospecimens = whereField(
  "privacy.biospecimens",
  (value) => value === true,
  "no biological material is collected",
);

export const anyVulnerable = whereField(
  "participants.vulnerableGroups",
  (value) => groups(value).some((group) => group !== "none"),
  "no vulnerable group takes part",
);

/** Holds when one of the groups takes part. */
export function includesGroup(...wanted: readonly VulnerableGroup[]): Condition {
  return whereField(
    "participants.vulnerableGroups",
    (value) => groups(value).some((group) => wanted.includes(group)),
    `no ${wanted.join(" or ")} among the participants`,
  );
}

function groups(value: unknown): VulnerableGroup[] {
  return Array.isArray(value) ? value : [];
}
