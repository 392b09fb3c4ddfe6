/** Groups that need safeguards of their own. */
export type VulnerableGroup =
  | "none"
  | "children"
  | "pregnant-women"
  | "prisoners"
  | "impaired-decision-making"
  | "economically-or-educationally-disadvantaged";

type Text = string;

/**
 * A study protocol as its authors describe it, section by section. Everything but the title may be left out:
 * what is left out is what a review finds missing.
 */
export type StudyProtocol = {
  readonly title: Text;
  readonly version?: { readonly identifier?: Text; readonly date?: Text };
  readonly registration?: { readonly registry?: Text; readonly identifier?: Text };
  readonly team?: {
    readonly sponsor?: Text;
    readonly funding?: Text;
    readonly contributors?: readonly Text[];
    readonly qualifications?: Text;
    readonly conflictsOfInterest?: Text;
  };
  readonly rationale?: {
    readonly background?: Text;
    readonly comparatorChoice?: Text;
    readonly objectives?: readonly Text[];
    readonly socialValue?: Text;
  };
  readonly design?: {
    readonly kind?: "parallel" | "crossover" | "factorial" | "single-group" | "observational";
    readonly description?: Text;
    readonly randomised?: boolean;
    readonly sequenceGeneration?: Text;
    readonly allocationConcealment?: Text;
    readonly blinding?: "none" | "single" | "double" | "triple";
    readonly blindingProcedure?: Text;
    readonly setting?: Text;
    readonly timeline?: Text;
  };
  readonly participants?: {
    readonly inclusionCriteria?: readonly Text[];
    readonly exclusionCriteria?: readonly Text[];
    readonly sampleSize?: number;
    readonly sampleSizeJustification?: Text;
    readonly recruitment?: Text;
    readonly equitableSelection?: Text;
    readonly vulnerableGroups?: readonly VulnerableGroup[];
    readonly vulnerableSafeguards?: Text;
    readonly vulnerableJustification?: Text;
  };
  readonly interventions?: {
    readonly description?: Text;
    readonly discontinuation?: Text;
    readonly comparator?: "none" | "active" | "usual-care" | "placebo" | "no-treatment";
    readonly placeboJustification?: Text;
    readonly concomitantCare?: Text;
  };
  readonly outcomes?: { readonly primary?: readonly Text[]; readonly secondary?: readonly Text[] };
  readonly statistics?: { readonly analysis?: Text; readonly missingData?: Text };
  readonly risks?: {
    readonly level?: "minimal" | "more-than-minimal";
    readonly description?: Text;
    readonly minimisation?: Text;
    readonly benefits?: Text;
    readonly balance?: Text;
  };
  readonly monitoring?: {
    readonly dataMonitoring?: Text;
    readonly interimAnalyses?: Text;
    readonly adverseEvents?: Text;
    readonly auditing?: Text;
  };
  readonly consent?: {
    readonly form?: "written" | "electronic" | "oral" | "waived";
    readonly process?: Text;
    readonly waiverJustification?: Text;
    readonly tells?: readonly ConsentElement[];
    readonly language?: Text;
    readonly dependentRelationships?: Text;
    readonly representative?: Text;
    readonly assent?: Text;
  };
  readonly privacy?: {
    readonly identifiableData?: boolean;
    readonly confidentiality?: Text;
    readonly dataManagement?: Text;
    readonly biospecimens?: boolean;
    readonly futureUse?: Text;
  };
  readonly aftercare?: { readonly injuryCompensation?: Text; readonly postTrialAccess?: Text };
  readonly dissemination?: { readonly publication?: Text; readonly dataAccess?: Text };
  readonly ethicsReview?: {
    readonly committee?: Text;
    readonly status?: "approved" | "submitted" | "not-submitted";
    readonly amendments?: Text;
  };
  readonly environment?: Text;
};

/** What a consent form tells, by the basic elements of 45 CFR 46.116(b). */
export type ConsentElement =
  | "purpose-and-procedures"
  | "risks"
  | "benefits"
  | "alternatives"
  | "confidentiality"
  | "injury"
  | "contacts"
  | "voluntary"
  | "future-use";

export const consentElements: readonly ConsentElement[] = [
  "purpose-and-procedures",
  "risks",
  "benefits",
  "alternatives",
  "confidentiality",
  "injury",
  "contacts",
  "voluntary",
  "future-use",
];

export const vulnerableGroups: readonly VulnerableGroup[] = [
  "none",
  "children",
  "pregnant-women",
  "prisoners",
  "impaired-decision-making",
  "economically-or-educationally-disadvantaged",
];
