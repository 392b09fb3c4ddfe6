import type { Rate } from "@/lib/domain/rate";
import type { TierName } from "@/lib/domain/tier";
import type { AutoTopUpRule } from "@/lib/domain/top-up";

/** A provider that exists only inside a simulation. Its `id` has a dot, which the id of no real provider has. */
export type ScenarioProvider = {
  id: string;
  name: string;
  capabilities: readonly string[];
  /** What each tier costs and allows instead of the defaults (S0.2). */
  tiers?: { readonly [Name in TierName]?: { readonly rate?: Rate; readonly maxRequestsPerHour?: number } };
};

/** One stream and the calls it makes. Times count from the start of the scenario. Each stream has a wallet of its own. */
export type ScenarioStream = {
  /** Unique in the scenario. */
  name: string;
  consumer: string;
  providerId: string;
  tier: TierName;
  requestType: string;
  requestsAtMs: readonly bigint[];
  /** Base units that one call costs beside the flow; none if absent. */
  price?: bigint;
  /** When its sender closes it; the end of the scenario if absent. */
  closesAtMs?: bigint;
};

/** What happens between 0 and `lengthMs`: streams open at 0, a sweep passes every `sweepMs`, all close at the end. */
export type Scenario = {
  title: string;
  lengthMs: bigint;
  sweepMs: bigint;
  /** How long an exhausted stream waits for money before it is closed. */
  graceMs: bigint;
  /** How much flow a provider wants locked before it opens a stream. */
  depositMs: bigint;
  /** Base units in each sender's wallet at the start. */
  wallet: bigint;
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
  depositMs: 4n * HOUR,
  wallet: 9_999n * 10n ** 18n,
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

/** The scenarios that have a name. */
export const presets = { demo: demoDay, control: controlDay } as const satisfies Record<string, Scenario>;
export type PresetName = keyof typeof presets;
