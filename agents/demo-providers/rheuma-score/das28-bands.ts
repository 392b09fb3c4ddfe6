import type { Band } from "../shared/band-of";
import type { Source } from "../shared/source";

/** Disease activity by DAS28. Below 2.6 is remission; 3.2 and 5.1 belong to the lower band. */
export const das28Bands: readonly Band[] = [
  { code: "remission", meaning: "Remission (below 2.6)", upTo: 2.6, open: true },
  { code: "low", meaning: "Low disease activity (2.6 to 3.2)", upTo: 3.2 },
  { code: "moderate", meaning: "Moderate disease activity (above 3.2 to 5.1)", upTo: 5.1 },
  { code: "high", meaning: "High disease activity (above 5.1)", upTo: Number.POSITIVE_INFINITY },
];

export const das28BandsSource: Source = {
  citation:
    "Fransen J, van Riel PLCM. The Disease Activity Score and the EULAR response criteria. Clin Exp Rheumatol 2005;23(5 Suppl 39):S93-9",
  year: 2005,
};
