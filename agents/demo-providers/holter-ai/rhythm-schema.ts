import { integerIn, type JsonSchema, numberIn, objectSchema } from "../shared/json-schema";

const SERIES_MIN = 10;
/** As many intervals of four digits as a body of 64 KiB holds, about three hours at 65 beats a minute. */
const SERIES_MAX = 12_000;

export const rrIntervalProperty = {
  type: "array",
  minItems: SERIES_MIN,
  maxItems: SERIES_MAX,
  description: `RR intervals in order, ${SERIES_MIN} to ${SERIES_MAX} of them, each in ms`,
  items: numberIn("Time from one R wave to the next", { unit: "ms", minimum: 200, maximum: 10_000 }),
};

const seconds = { unit: "s", minimum: 0, maximum: 120_000 };
const rate = { unit: "beats/min", minimum: 6, maximum: 300 };
const intervals = { unit: "intervals", minimum: 0, maximum: SERIES_MAX };
const milliseconds = { unit: "ms", minimum: 0, maximum: 10_000 };

const beat = objectSchema({
  interval: integerIn("Index of the interval in the series, from 0", intervals),
  startSeconds: numberIn("From the start of the series", seconds),
  rrMs: numberIn("The interval itself", milliseconds),
});

function orNull(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [schema.type, "null"] };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items, description: "At most the first 200" };
}

/** What both arrhythmia services and the ECG analysis report of a series. */
export const rhythmProperties: Record<string, JsonSchema> = {
  intervals: integerIn("Intervals analysed", intervals),
  durationSeconds: numberIn("Length of the series", seconds),
  meanHeartRateBpm: orNull(numberIn("Mean heart rate", rate)),
  minimumHeartRateBpm: orNull(numberIn("Rate of the longest interval", rate)),
  maximumHeartRateBpm: orNull(numberIn("Rate of the shortest interval", rate)),
  variability: objectSchema({
    nnIntervals: integerIn("Normal-to-normal intervals", intervals),
    meanNnMs: orNull(numberIn("Mean NN", milliseconds)),
    sdnnMs: orNull(numberIn("SDNN", milliseconds)),
    rmssdMs: orNull(numberIn("RMSSD", milliseconds)),
    pnn50Percent: orNull(numberIn("pNN50", { unit: "%", minimum: 0, maximum: 100 })),
  }),
  prematureBeats: objectSchema({
    count: integerIn("Premature beats", intervals),
    percent: numberIn("Share of the intervals", { unit: "%", minimum: 0, maximum: 100 }),
    listed: listOf(beat),
  }),
  pauses: objectSchema({
    count: integerIn("Intervals above 2 s", intervals),
    longestMs: orNull(numberIn("The longest of them", milliseconds)),
    listed: listOf(beat),
  }),
  rateEpisodes: objectSchema({
    bradycardia: integerIn("Episodes of at least 8 intervals below 50 beats/min", intervals),
    tachycardia: integerIn("Episodes of at least 8 intervals above 100 beats/min", intervals),
    listed: listOf(
      objectSchema({
        kind: { type: "string", enum: ["bradycardia", "tachycardia"] },
        startSeconds: numberIn("From the start of the series", seconds),
        durationSeconds: numberIn("Length of the episode", seconds),
        intervals: integerIn("Intervals in it", intervals),
        meanHeartRateBpm: numberIn("Mean heart rate in it", rate),
      }),
    ),
  }),
  irregularity: objectSchema({
    windows: integerIn("Whole windows of 128 intervals", intervals),
    suggestingAf: integerIn("Windows that meet all three criteria", intervals),
    listed: listOf(
      objectSchema({
        firstInterval: integerIn("Index of its first interval, from 0", intervals),
        startSeconds: numberIn("From the start of the series", seconds),
        rmssdRatio: numberIn("RMSSD / mean RR", { unit: "ratio", minimum: 0, maximum: 50 }),
        entropy: numberIn("Normalised Shannon entropy", { unit: "ratio", minimum: 0, maximum: 1 }),
        turningPointRatio: numberIn("Turning point ratio", { unit: "ratio", minimum: 0, maximum: 1 }),
        suggestsAf: { type: "boolean" },
      }),
    ),
  }),
};

/** A long series is not repeated in the answer; its size is. */
export const seriesUsedSchema = objectSchema({
  intervals: integerIn("Intervals received", intervals),
  totalMs: numberIn("Sum of the intervals", { unit: "ms", minimum: 0, maximum: 120_000_000 }),
});
