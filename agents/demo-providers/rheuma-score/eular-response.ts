import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";

export type EularResponse = "good" | "moderate" | "none";

export const eularResponseSource: Source = {
  citation:
    "van Gestel AM, Haagsma CJ, van Riel PLCM. Validation of rheumatoid arthritis improvement criteria that include simplified joint counts. Arthritis Rheum 1998;41:1845-50",
  year: 1998,
};

/**
 * EULAR response by DAS28: how far it fell from the baseline, and where it is now.
 * Good: fell by more than 1.2, to at most 3.2. None: fell by at most 0.6, or by at most 1.2 and still above 5.1.
 *
 * @see van Gestel et al. 1998
 */
export function eularResponse(baseline: number, current: number): EularResponse {
  const fall = roundTo(baseline - current, 6);
  const now = roundTo(current, 6);
  if (fall <= 0.6) return "none";
  if (fall <= 1.2) return now <= 5.1 ? "moderate" : "none";
  return now <= 3.2 ? "good" : "moderate";
}
