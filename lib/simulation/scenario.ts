import type { TierName } from "@/lib/domain/tier";
import type { AutoTopUpRule } from "@/lib/domain/top-up";

/** A provider that exists only inside a simulation. */
export type ScenarioProvider = { id: string; name: string; capabilities: readonly string[] };

/** One stream and the calls it makes. `requestsAtMs` counts from the start of the scenario. */
export type ScenarioStream = {
  name: string;
  consumer: string;
  providerId: string;
  tier: TierName;
  requestType: string;
  requestsAtMs: readonly bigint[];
};

/** What happens between 0 and `lengthMs`: streams open at 0, a sweep passes every `sweepMs`, all close at the end. */
export type Scenario = {
  title: string;
  lengthMs: bigint;
  sweepMs: bigint;
  /** How long an exhausted stream waits for money before it is closed. */
  graceMs: bigint;
  providers: readonly ScenarioProvider[];
  streams: readonly ScenarioStream[];
  /** The senders' standing order; null: the deposit is all there is. */
  autoTopUp: AutoTopUpRule | null;
};

const SECOND = 1_000n;
const HOUR = 3_600_000n;

const everyQuarterHour = Array.from({ length: 96 }, (_, i) => BigInt(i) * 900n * SECOND);

/** A day of three providers and three streams (S0.16). */
const day = {
  lengthMs: 24n * HOUR,
  sweepMs: 900n * SECOND,
  graceMs: 24n * HOUR,
  providers: [
    { id: "sim.rheumascore", name: "RheumaScore", capabilities: ["DAS28", "CDAI", "SLEDAI", "BASDAI"] },
    { id: "sim.dnai", name: "DNAI", capabilities: ["IRB-review", "protocol-audit", "ethics-check"] },
    {
      id: "sim.holterai",
      name: "HolterAI",
      capabilities: ["ECG-analysis", "QTc-monitoring", "arrhythmia-detection"],
    },
  ],
  streams: [
    {
      name: "s1",
      consumer: "Hospital-IMSS",
      providerId: "sim.rheumascore",
      tier: "professional",
      requestType: "DAS28",
      requestsAtMs: [1n, 4n, 8n, 12n, 16n, 20n, 23n].map((hour) => hour * HOUR),
    },
    {
      name: "s2",
      consumer: "ResearchDAO",
      providerId: "sim.dnai",
      tier: "enterprise",
      requestType: "protocol-audit",
      requestsAtMs: everyQuarterHour,
    },
    {
      name: "s3",
      consumer: "Clinic-UNAM",
      providerId: "sim.holterai",
      tier: "basic",
      requestType: "ECG-analysis",
      requestsAtMs: [],
    },
  ],
} as const;

/** Deposits follow the flow: 4 h more whenever less than 1 h is left. 103 calls authorised, 111 paid. */
export const demoDay: Scenario = {
  ...day,
  title: "24 hours, topped up automatically",
  autoTopUp: { triggerMs: HOUR, chunkMs: 4n * HOUR, dailyMax: 10n ** 24n, expiresMs: null },
};

/** The same day on the first deposit alone: 19 authorised, 84 denied, 18.5 paid. */
export const controlDay: Scenario = {
  ...day,
  title: "24 hours on the first deposit alone (control)",
  autoTopUp: null,
};
