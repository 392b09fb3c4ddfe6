import {
  type Answer,
  answerProperties,
  type Interpretation,
  interpretationSchema,
  MEDICAL_DISCLAIMER,
} from "../shared/answer";
import { bandOf } from "../shared/band-of";
import { InvalidInput } from "../shared/invalid-input";
import { documentSchema, integerIn, numberIn, objectSchema } from "../shared/json-schema";
import { roundTo } from "../shared/round-to";
import { das28Bands } from "./das28-bands";
import { type Das28EsrInput, das28Esr, das28EsrProperties, das28EsrSources } from "./das28-esr";
import { type EularResponse, eularResponse, eularResponseSource } from "./eular-response";

export type Visit = Das28EsrInput & { readonly date: string };
export type ReportInput = { readonly visits: readonly Visit[] };

const date = { type: "string", pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" };
const VISITS_MAX = 40;

export const reportInputSchema = documentSchema("Visits for a DAS28 report", {
  visits: {
    type: "array",
    minItems: 2,
    maxItems: VISITS_MAX,
    description: "Visits in order of date; the first one is the baseline",
    items: objectSchema({
      date: { ...date, description: "Day of the visit, YYYY-MM-DD" },
      ...das28EsrProperties,
    }),
  },
});

export const reportOutputSchema = documentSchema("DAS28 report", {
  visits: {
    type: "array",
    minItems: 2,
    items: objectSchema({
      date,
      das28: numberIn("DAS28-ESR, two decimals", { unit: "score", minimum: 0, maximum: 10 }),
      activity: interpretationSchema,
      changeFromBaseline: numberIn("Negative when the disease calmed down", {
        unit: "score",
        minimum: -10,
        maximum: 10,
      }),
      eularResponse: { enum: ["good", "moderate", "none", null], description: "Null at the baseline itself" },
    }),
  },
  visitsInRemission: integerIn("Visits below 2.6", { unit: "visits", minimum: 0, maximum: VISITS_MAX }),
  ...answerProperties(reportInputSchema),
});

type ReportedVisit = {
  readonly date: string;
  readonly das28: number;
  readonly activity: Interpretation;
  readonly changeFromBaseline: number;
  readonly eularResponse: EularResponse | null;
};

type Report = Answer & { readonly visits: readonly ReportedVisit[]; readonly visitsInRemission: number };

/**
 * The course of DAS28-ESR over visits with the EULAR response at each against the first.
 *
 * @throws InvalidInput when a date does not exist or is not after the one before it
 */
export function answerReport(input: ReportInput): Report {
  assertDates(input.visits);
  const [first, ...later] = input.visits;
  if (!first) throw new RangeError("The schema let a report without visits through.");

  const baseline = das28Esr(first);
  const visits = [
    reported(first, baseline, null),
    ...later.map((visit) => reported(visit, baseline, eularResponse(baseline, das28Esr(visit)))),
  ];
  const last = visits.at(-1) ?? visits[0];
  return {
    visits,
    visitsInRemission: visits.filter(({ activity }) => activity.code === "remission").length,
    formula: "DAS28-ESR at each visit; EULAR response from its fall since the first visit and its value now",
    inputsUsed: input,
    source: [...das28EsrSources, eularResponseSource],
    interpretation: {
      code: `response-${last?.eularResponse}`,
      meaning: `EULAR response at the last visit: ${last?.eularResponse}; ${last?.activity.meaning}`,
    },
    disclaimer: MEDICAL_DISCLAIMER,
  };
}

function reported(visit: Visit, baseline: number, response: EularResponse | null): ReportedVisit {
  const score = das28Esr(visit);
  return {
    date: visit.date,
    das28: roundTo(score, 2),
    activity: bandOf(score, das28Bands),
    changeFromBaseline: roundTo(score - baseline, 2),
    eularResponse: response,
  };
}

function assertDates(visits: readonly Visit[]): void {
  const errors = visits.flatMap(({ date }, index) => {
    const pointer = `/visits/${index}/date`;
    const day = new Date(`${date}T00:00:00Z`);
    // JavaScript rolls 31 February over into March; the text tells.
    if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date)
      return [{ pointer, message: "is not a day of the calendar" }];
    const before = visits[index - 1]?.date;
    return before !== undefined && date <= before ? [{ pointer, message: `must be after ${before}` }] : [];
  });
  if (errors.length > 0) throw new InvalidInput(errors);
}
