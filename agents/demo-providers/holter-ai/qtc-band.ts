import type { Interpretation } from "../shared/answer";
import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";
import type { Sex } from "./qt-interval";

export const qtcBandSources: readonly Source[] = [
  {
    citation:
      "Rautaharju PM, Surawicz B, Gettes LS, et al. AHA/ACCF/HRS recommendations for the standardization and interpretation of the electrocardiogram, part IV: the ST segment, T and U waves, and the QT interval. J Am Coll Cardiol 2009;53:982-91",
    year: 2009,
    url: "https://doi.org/10.1016/j.jacc.2008.12.014",
  },
  {
    citation:
      "Drew BJ, Ackerman MJ, Funk M, et al. Prevention of torsade de pointes in hospital settings. Circulation 2010;121:1047-60 (500 ms)",
    year: 2010,
  },
];

/** What a QTc means for an adult: short up to 390 ms, prolonged from 450 (male) or 460 (female), alarming above 500. */
export function qtcBand(qtcMs: number, sex: Sex): Interpretation {
  const seen = roundTo(qtcMs, 6);
  const limit = sex === "female" ? 460 : 450;
  if (seen > 500)
    return { code: "markedly-prolonged", meaning: "Above 500 ms: high risk of torsade de pointes" };
  if (seen >= limit)
    return { code: "prolonged", meaning: `Prolonged (${limit} ms or more for the ${sex} sex)` };
  if (seen <= 390) return { code: "short", meaning: "Short (390 ms or less)" };
  return { code: "normal", meaning: `Normal (above 390 and below ${limit} ms)` };
}
