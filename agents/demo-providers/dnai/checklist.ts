import type { Source } from "../shared/source";
import type { Rule, Verdict } from "./rules";
import type { StudyProtocol } from "./study-protocol";

export type ChecklistItem = {
  /** Unique within the checklist. */
  readonly id: string;
  /** Where the requirement stands: section, item or paragraph. */
  readonly reference: string;
  /** The requirement in this service's own words. */
  readonly requirement: string;
  /** What an author has to add when it is not met. */
  readonly needed: string;
  readonly rule: Rule;
};

export type Checklist = {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly items: readonly ChecklistItem[];
};

export type ReviewedItem = Verdict & {
  readonly id: string;
  readonly reference: string;
  readonly requirement: string;
  /** Null when nothing is needed. */
  readonly needed: string | null;
};

export type Review = {
  readonly checklist: string;
  readonly counts: { met: number; missing: number; unclear: number; notApplicable: number; total: number };
  readonly items: readonly ReviewedItem[];
};

/** Judges every item of a checklist, in its order. */
export function review(checklist: Checklist, protocol: StudyProtocol): Review {
  const items = checklist.items.map(({ rule, needed, ...item }) => {
    const verdict = rule(protocol);
    const open = verdict.status === "missing" || verdict.status === "unclear";
    return { ...item, ...verdict, needed: open ? needed : null };
  });
  const count = (status: Verdict["status"]) => items.filter((item) => item.status === status).length;
  return {
    checklist: checklist.name,
    counts: {
      met: count("met"),
      missing: count("missing"),
      unclear: count("unclear"),
      notApplicable: count("not-applicable"),
      total: items.length,
    },
    items,
  };
}
