import "server-only";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import type { SimulatedCall, SimulatedStream, SimulationReport } from "./run-scenario";
import { accruedAt } from "./simulated-segment";

/** A simulation as it leaves us: names instead of the run's ids, so that one input always gives one answer. */
export type SimulationView = ReturnType<typeof simulationView>;

/** Points of a stream's chart, evenly spread; top-ups and ends of segments come on top. */
const SAMPLES = 48n;

/** What the API answers and the page draws, in base units and milliseconds from the start. */
export function simulationView(report: SimulationReport) {
  const { scenario, streams, calls } = report;
  const funded = (stream: SimulatedStream) => stream.settlement.stream.funded;
  const sum = (of: (stream: SimulatedStream) => bigint) => streams.reduce((all, each) => all + of(each), 0n);
  return {
    scenario: {
      title: scenario.title,
      lengthMs: scenario.lengthMs,
      sweepMs: scenario.sweepMs,
      graceMs: scenario.graceMs,
      depositMs: scenario.depositMs,
      wallet: scenario.wallet,
      autoTopUp: scenario.autoTopUp && {
        triggerMs: scenario.autoTopUp.triggerMs,
        chunkMs: scenario.autoTopUp.chunkMs,
        dailyMax: scenario.autoTopUp.dailyMax,
      },
    },
    asset: LEDGER_ASSET as Asset,
    totals: {
      requests: calls.length,
      authorised: report.authorised,
      denied: report.denied,
      volume: report.volume,
      deposited: sum(funded),
      refunded: sum(({ settlement }) => settlement.refund),
      topUps: streams.reduce((all, { topUps }) => all + topUps, 0),
    },
    providers: providersOf(report),
    streams: streams.map((stream) => ({
      name: stream.name,
      consumer: stream.consumer,
      provider: nameOf(report, stream.providerId),
      tier: stream.tier,
      rate: stream.opened.rate,
      ratePerDay: stream.opened.ratePerDay,
      maxRequestsPerHour: stream.opened.maxRequestsPerHour,
      price: stream.price ?? 0n,
      deposit: stream.opened.funded,
      topUps: stream.topUps,
      deposited: funded(stream),
      paid: stream.settlement.totalPaid,
      refunded: stream.settlement.refund,
      served: Number(stream.settlement.stream.served),
      denied: calls.filter((call) => call.stream === stream.name && call.decision.outcome !== "authorised")
        .length,
      closedAtMs: stream.settlement.stream.closedAtMs,
      closeCause: stream.settlement.stream.closeCause,
      segments: stream.segments.map(({ tier, rate, startMs, startCause, endMs, endCause }) => ({
        tier,
        rate,
        startMs,
        startCause,
        endMs,
        endCause,
        accrued: accruedAt(stream.segments, endMs),
      })),
      series: seriesOf(stream, calls, scenario.lengthMs),
    })),
    requests: requestsOf(report),
    violations: report.violations,
  };
}

/** By name: in a scenario of one's own each stream has a provider of its own, and some may be called alike. */
function providersOf({ scenario, earned }: SimulationReport) {
  const byName = new Map<string, { name: string; earned: bigint; requests: number }>();
  for (const { id, name } of scenario.providers) {
    const sofar = byName.get(name) ?? { name, earned: 0n, requests: 0 };
    const { paid = 0n, served = 0 } = earned.get(id) ?? {};
    byName.set(name, { name, earned: sofar.earned + paid, requests: sofar.requests + served });
  }
  return [...byName.values()];
}

function nameOf({ scenario }: SimulationReport, providerId: string): string {
  return scenario.providers.find(({ id }) => id === providerId)?.name ?? providerId;
}

/** Every call in order. `accrued` of a denial on a dry stream is what the flow would have come to by then: why it was denied. */
function requestsOf({ calls, streams }: SimulationReport) {
  const open = new Map(
    streams.map((stream) => [stream.name, { stream, deposits: depositsOf(stream), used: 0n }]),
  );
  return calls.map(({ stream: name, atMs, requestType, decision }) => {
    const common = { atMs, stream: name, requestType };
    const its = open.get(name);
    if (!its) throw new Error(`no stream ${name}`);
    if (decision.outcome === "authorised") {
      its.used += its.stream.price ?? 0n;
      const { accrued, remaining } = decision;
      return { ...common, decision: "authorised" as const, reason: null, accrued, remaining };
    }
    if (decision.outcome === "replay") throw new Error("A simulated call has no key to be replayed by.");
    const { code, extensions } = decision;
    const accrued = accruedAt(its.stream.segments, atMs);
    const closedMs = its.stream.settlement.stream.closedAtMs;
    const left =
      closedMs !== null && atMs >= closedMs ? 0n : fundedAt(its.deposits, atMs) - its.used - accrued;
    return {
      ...common,
      decision: "denied" as const,
      reason: code as string,
      accrued: extensions.accrued === undefined ? accrued : BigInt(String(extensions.accrued)),
      remaining: left > 0n ? left : 0n,
    };
  });
}

type Point = { atMs: bigint; accrued: bigint; used: bigint; deposited: bigint };

/** Accrual, prices of calls and deposit over time, up to the stream's end. Between two points accrual is a straight line. */
function seriesOf(stream: SimulatedStream, calls: readonly SimulatedCall[], lengthMs: bigint): Point[] {
  const endMs = stream.settlement.stream.closedAtMs ?? lengthMs;
  const deposits = depositsOf(stream);
  const { price = 0n } = stream;
  const paidAtMs = calls
    .filter((call) => price > 0n && call.stream === stream.name && call.decision.outcome === "authorised")
    .map(({ atMs }) => atMs);
  const moments = new Set<bigint>([0n, endMs, ...deposits.map(({ atMs }) => atMs), ...paidAtMs]);
  for (let i = 1n; i < SAMPLES; i += 1n) moments.add((lengthMs * i) / SAMPLES);
  for (const segment of stream.segments) moments.add(segment.startMs).add(segment.endMs);
  let [paid, deposit] = [0, 0];
  return [...moments]
    .filter((atMs) => atMs <= endMs)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((atMs) => {
      while ((paidAtMs[paid] ?? endMs + 1n) <= atMs) paid += 1;
      while ((deposits[deposit + 1]?.atMs ?? endMs + 1n) <= atMs) deposit += 1;
      const [accrued, deposited] = [accruedAt(stream.segments, atMs), deposits[deposit]?.funded ?? 0n];
      return { atMs, accrued, used: price * BigInt(paid), deposited };
    });
}

type Deposit = { atMs: bigint; funded: bigint };

/** What had been put in after each deposit, by the ledger's own events. */
function depositsOf({ events, opened }: SimulatedStream): Deposit[] {
  const topUps = events.filter(({ kind }) => kind === "auto-topped-up");
  return [
    { atMs: 0n, funded: opened.funded },
    ...topUps.map(({ atMs, data }) => ({ atMs, funded: BigInt(String(data.funded)) })),
  ];
}

function fundedAt(deposits: readonly Deposit[], atMs: bigint): bigint {
  return deposits.findLast((deposit) => deposit.atMs <= atMs)?.funded ?? 0n;
}
