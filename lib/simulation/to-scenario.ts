import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { Scenario, ScenarioProvider, ScenarioStream } from "./scenario";
import { DEFAULT_DEPOSIT_MS, type ScenarioInput } from "./scenario-input";

const WALLET = 9_999n * 10n ** BigInt(LEDGER_ASSET.decimals);

/** The scenario that somebody described, with what was left out filled in. Each stream gets a provider of its own. */
export function toScenario(input: ScenarioInput): Scenario {
  const wallet = input.wallet ?? WALLET;
  const rule = input.autoTopUp;
  return {
    title: input.title ?? "A scenario of your own",
    lengthMs: input.lengthMs,
    depositMs: input.depositMs ?? DEFAULT_DEPOSIT_MS,
    graceMs: input.graceMs ?? 900_000n,
    sweepMs: input.sweepMs ?? 60_000n,
    wallet,
    autoTopUp: rule ? { ...rule, dailyMax: rule.dailyMax ?? wallet, expiresMs: null } : null,
    providers: input.streams.map(toProvider),
    streams: input.streams.map((stream, index) => toStream(stream, index, input.lengthMs)),
  };
}

type StreamInput = ScenarioInput["streams"][number];

function toProvider(stream: StreamInput, index: number): ScenarioProvider {
  const { tier = "basic", rate, maxRequestsPerHour } = stream;
  const override = { ...(rate ? { rate } : {}), ...(maxRequestsPerHour ? { maxRequestsPerHour } : {}) };
  return {
    id: providerIdOf(index),
    name: stream.provider ?? `Provider ${index + 1}`,
    capabilities: ["call"],
    tiers: { [tier]: override },
  };
}

function toStream(stream: StreamInput, index: number, lengthMs: bigint): ScenarioStream {
  const { price, closesAtMs } = stream;
  return {
    name: stream.name ?? `s${index + 1}`,
    consumer: stream.consumer ?? `Consumer ${index + 1}`,
    providerId: providerIdOf(index),
    tier: stream.tier ?? "basic",
    requestType: "call",
    requestsAtMs: momentsOf(stream.requests, lengthMs),
    ...(price === undefined ? {} : { price }),
    ...(closesAtMs === undefined || closesAtMs >= lengthMs ? {} : { closesAtMs }),
  };
}

function providerIdOf(index: number): string {
  return `sim.${index + 1}`;
}

function momentsOf(requests: StreamInput["requests"], lengthMs: bigint): bigint[] {
  if (!requests) return [];
  if ("atMs" in requests) return [...requests.atMs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const { everyMs, fromMs = 0n, untilMs = lengthMs } = requests;
  const moments: bigint[] = [];
  for (let at = fromMs; at < untilMs && at < lengthMs; at += everyMs) moments.push(at);
  return moments;
}
