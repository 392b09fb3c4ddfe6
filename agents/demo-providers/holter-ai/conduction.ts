import type { Interpretation } from "../shared/answer";
import type { Source } from "../shared/source";

export const conductionSources: readonly Source[] = [
  {
    citation:
      "Surawicz B, Childers R, Deal BJ, Gettes LS. AHA/ACCF/HRS recommendations for the standardization and interpretation of the electrocardiogram, part III: intraventricular conduction disturbances. J Am Coll Cardiol 2009;53:976-81 (QRS)",
    year: 2009,
  },
  {
    citation:
      "Kusumoto FM, Schoenfeld MH, Barrett C, et al. 2018 ACC/AHA/HRS guideline on the evaluation and management of patients with bradycardia and cardiac conduction delay. Circulation 2019;140:e382-482 (PR)",
    year: 2019,
  },
];

/** PR interval of an adult: first-degree block above 200 ms, short below 120 ms. */
export function prBand(prMs: number): Interpretation {
  if (prMs > 200)
    return { code: "first-degree-block", meaning: "PR above 200 ms: first-degree atrioventricular block" };
  if (prMs < 120) return { code: "short", meaning: "PR below 120 ms: short" };
  return { code: "normal", meaning: "PR from 120 to 200 ms: normal" };
}

/** QRS duration of an adult: complete block from 120 ms, incomplete above 110 ms. */
export function qrsBand(qrsMs: number): Interpretation {
  if (qrsMs >= 120)
    return { code: "wide", meaning: "QRS of 120 ms or more: as in a complete bundle branch block" };
  if (qrsMs > 110)
    return { code: "borderline", meaning: "QRS above 110 and below 120 ms: as in an incomplete block" };
  return { code: "normal", meaning: "QRS up to 110 ms: normal" };
}
