import { z } from "zod";
import { amountOver, PERIODS_MS, type Rate } from "@/lib/domain/rate";
import { DEFAULT_TIERS, TIER_NAMES } from "@/lib/domain/tier";
import { amountString, milliseconds, text } from "@/lib/http/schemas";

const DAY_MS = 86_400_000;

/** How large a scenario may be. Within one transaction a row gets slower with each of its changes, so a stream has a bound of its own. */
export const SCENARIO_MAX = {
  streams: 20,
  requests: 5_000,
  requestsOfStream: 2_000,
  lengthMs: 31 * DAY_MS,
} as const;
const WALLET_MAX = 9_999n * 10n ** 18n; // The faucet gives 10,000 a day.

const moment = () => milliseconds(0, SCENARIO_MAX.lengthMs);

const requestsInput = z.union([
  z
    .strictObject({
      everyMs: milliseconds(1_000, SCENARIO_MAX.lengthMs),
      fromMs: moment().optional().meta({ description: "When the first one is made; 0 if absent." }),
      untilMs: moment().optional().meta({ description: "None from then on; the end if absent." }),
    })
    .meta({ description: "One call after another, evenly." }),
  z
    .strictObject({ atMs: z.array(moment()).max(SCENARIO_MAX.requestsOfStream) })
    .meta({ description: "Calls at these moments." }),
]);

const streamInput = z.strictObject({
  name: text(1, 40).optional().meta({ description: "Unique; s1, s2 … if absent." }),
  consumer: text(1, 60).optional(),
  provider: text(1, 60).optional(),
  tier: z.enum(TIER_NAMES).optional().meta({ description: "basic if absent." }),
  rate: z
    .strictObject({ amount: amountString(1n), periodMs: milliseconds(1_000, Number(PERIODS_MS.month30)) })
    .optional()
    .meta({ description: "Instead of the tier's: base units in each period." }),
  maxRequestsPerHour: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: "Instead of the tier's." }),
  price: amountString(0n).optional().meta({ description: "Base units of one call, beside the flow." }),
  requests: requestsInput.optional().meta({ description: "No calls if absent." }),
  closesAtMs: moment().optional().meta({ description: "When its sender closes it; the end if absent." }),
});

const autoTopUpInput = z.strictObject({
  triggerMs: milliseconds(60_000, SCENARIO_MAX.lengthMs).meta({
    description: "Runway below which it tops up.",
  }),
  chunkMs: milliseconds(60_000, SCENARIO_MAX.lengthMs).meta({ description: "Flow that it then adds." }),
  dailyMax: amountString(1n).optional().meta({ description: "Base units a day; the wallet if absent." }),
});

/** A scenario of one's own. All times count from its start. */
export const scenarioInput = z
  .strictObject({
    title: text(1, 100).optional(),
    lengthMs: milliseconds(60_000, SCENARIO_MAX.lengthMs),
    depositMs: milliseconds(60_000, 30 * DAY_MS)
      .optional()
      .meta({ description: "Flow that each stream locks when it opens; 4 h if absent." }),
    graceMs: milliseconds(0, SCENARIO_MAX.lengthMs)
      .optional()
      .meta({ description: "How long a dry stream waits for money before it is closed; 15 min if absent." }),
    sweepMs: milliseconds(1_000, 3_600_000)
      .optional()
      .meta({ description: "How often the market looks after its streams; 1 min if absent." }),
    wallet: amountString(1n, WALLET_MAX)
      .optional()
      .meta({ description: "Base units in each sender's wallet; 9,999 tokens if absent." }),
    autoTopUp: autoTopUpInput
      .nullable()
      .optional()
      .meta({ description: "The senders' standing order; none if absent." }),
    streams: z.array(streamInput).min(1).max(SCENARIO_MAX.streams),
  })
  .superRefine((scenario, context) => {
    // zod asks this also when a member was refused, and then hands it over as it came.
    if (context.issues.length > 0) return;
    const wrong = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const names = new Set<string>();
    let requests = 0;
    for (const [index, stream] of scenario.streams.entries()) {
      const at = ["streams", index];
      const name = stream.name ?? `s${index + 1}`;
      if (names.has(name)) wrong([...at, "name"], "Another stream has this name.");
      names.add(name);
      if (depositOf(scenario, stream) > (scenario.wallet ?? WALLET_MAX))
        wrong([...at, stream.rate ? "rate" : "tier"], "The wallet cannot pay this stream's deposit.");
      if (
        stream.requests &&
        "atMs" in stream.requests &&
        stream.requests.atMs.some((ms) => ms >= scenario.lengthMs)
      )
        wrong([...at, "requests", "atMs"], "Every call is made before the end.");
      const calls = countRequests(stream.requests, scenario.lengthMs);
      if (calls > SCENARIO_MAX.requestsOfStream)
        wrong(
          [...at, "requests"],
          `These are ${calls} calls; one stream makes at most ${SCENARIO_MAX.requestsOfStream}.`,
        );
      requests += calls;
    }
    if (requests > SCENARIO_MAX.requests)
      wrong(["streams"], `These are ${requests} calls; a simulation makes at most ${SCENARIO_MAX.requests}.`);
  });

export type ScenarioInput = z.output<typeof scenarioInput>;
type StreamInput = ScenarioInput["streams"][number];

/** Base units that a stream has to lock. */
function depositOf({ depositMs = DEFAULT_DEPOSIT_MS }: ScenarioInput, stream: StreamInput): bigint {
  const rate: Rate = stream.rate ?? DEFAULT_TIERS[stream.tier ?? "basic"].rate;
  return amountOver(rate, depositMs, "ceil");
}

export const DEFAULT_DEPOSIT_MS = 14_400_000n;

function countRequests(requests: StreamInput["requests"], lengthMs: bigint): number {
  if (!requests) return 0;
  if ("atMs" in requests) return requests.atMs.length;
  const { everyMs, fromMs = 0n, untilMs = lengthMs } = requests;
  const spanMs = (untilMs < lengthMs ? untilMs : lengthMs) - fromMs;
  return spanMs <= 0n ? 0 : Number((spanMs - 1n) / everyMs) + 1;
}
