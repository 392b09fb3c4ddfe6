import pg from "pg";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { formatAmount, formatDuration } from "@/lib/format";
import { runScenario, type SimulatedCall, type SimulationReport } from "@/lib/simulation/run-scenario";
import { presets } from "@/lib/simulation/scenario";
import { startThrowAwayPostgres } from "./embedded-postgres.mjs";

const help = `npm run demo -- [--control | --both] [--json]

Replays 24 hours of three streams on the real money functions, under an injected clock, in a database that is thrown away:
what the page /simulator and POST /api/v1/simulations run.

  --control   only the control run: the first deposit alone, no top-up (19 authorised, 84 denied)
  --both      the demo and the control run (default)
  --demo      only the demo: topped up automatically (103 authorised, 111 paid)
  --json      print the figures as JSON
  --help      this text

Exit code 0 when every figure is the published one, 1 when one is not, 2 for wrong arguments.`;

/** The published figures (S0.17–S0.19), worked out by hand: amounts in USDCx, to six decimals, rounded to the nearest. */
const published = {
  demo: {
    authorised: 103,
    denied: 0,
    volume: "111.0000",
    topUps: [6, 6, 6],
    paid: ["10.000000", "100.000000", "1.000000"],
    refunded: ["1.666667", "16.666667", "0.166667"],
  },
  control: {
    authorised: 19,
    denied: 84,
    volume: "18.5000",
    topUps: [0, 0, 0],
    paid: ["1.666667", "16.666667", "0.166667"],
    refunded: ["0.000000", "0.000000", "0.000000"],
  },
} as const;

const known = new Set(["--control", "--both", "--demo", "--json", "--help"]);
const flags = process.argv.slice(2);
const stranger = flags.find((flag) => !known.has(flag));
if (stranger) {
  console.error(`Unknown argument ${stranger}.\n\n${help}`);
  process.exit(2);
}
if (flags.includes("--help")) {
  console.log(help);
  process.exit(0);
}
process.exitCode = await main();

async function main(): Promise<number> {
  const which = flags.includes("--control")
    ? (["control"] as const)
    : flags.includes("--demo")
      ? (["demo"] as const)
      : (["demo", "control"] as const);
  const database = await startThrowAwayPostgres({ what: "the demo" });
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    let wrong = 0;
    const reports: Record<string, unknown> = {};
    for (const name of which) {
      const report = await runScenario(presets[name], client);
      const figures = figuresOf(report);
      if (flags.includes("--json")) reports[name] = figures;
      else print(report);
      wrong += compare(name, figures, report);
    }
    if (flags.includes("--json")) console.log(JSON.stringify(reports, null, 2));
    return wrong === 0 ? 0 : 1;
  } finally {
    await client.end();
    await database.stop();
  }
}

function figuresOf(report: SimulationReport) {
  return {
    authorised: report.authorised,
    denied: report.denied,
    volume: usdc(report.volume, 4),
    topUps: report.streams.map(({ topUps }) => topUps),
    paid: report.streams.map(({ settlement }) => usdc(settlement.totalPaid)),
    refunded: report.streams.map(({ settlement }) => usdc(settlement.refund)),
  };
}

function compare(
  name: keyof typeof published,
  figures: ReturnType<typeof figuresOf>,
  { violations }: SimulationReport,
): number {
  const wrong = Object.entries(published[name]).filter(
    ([figure, expected]) =>
      JSON.stringify(figures[figure as keyof typeof figures]) !== JSON.stringify(expected),
  );
  for (const [figure, expected] of wrong)
    console.error(
      `✗ ${name} ${figure}: ${JSON.stringify(figures[figure as keyof typeof figures])}, published ${JSON.stringify(expected)}`,
    );
  for (const { id, subject, detail } of violations) console.error(`✗ ${id} ${subject}: ${detail}`);
  return wrong.length + violations.length;
}

function print(report: SimulationReport): void {
  const { scenario, streams, calls } = report;
  section(scenario.title);
  section("1. Providers");
  for (const { name, capabilities } of scenario.providers)
    console.log(`  ${name.padEnd(14)} ${capabilities.join(", ")}`);

  section("2. Streams opened");
  for (const { name, consumer, providerId, tier, opened } of streams)
    console.log(
      `  ${name}  ${consumer.padEnd(14)} → ${providerId.replace("sim.", "").padEnd(12)} ${tier.padEnd(13)}` +
        `${usdc(opened.ratePerDay, 2).padStart(7)} a day   deposit ${usdc(opened.funded).padStart(10)}`,
    );

  section("3. Calls");
  for (const { name, requestsAtMs } of streams) {
    const mine = calls.filter(({ stream }) => stream === name);
    const authorised = mine.filter(({ decision }) => decision.outcome === "authorised").length;
    console.log(
      `  ${name}  ${requestsAtMs.length} made, ${authorised} authorised, ${mine.length - authorised} denied`,
    );
    const denial = mine.find(({ decision }) => decision.outcome === "denied");
    if (denial) console.log(`      first denial ${describeDenial(denial)}`);
  }

  section("4. Settlement after 24 h");
  for (const { name, topUps, settlement } of streams)
    console.log(
      `  ${name}  ${topUps} top-ups   deposited ${usdc(settlement.stream.funded).padStart(10)}   paid ${usdc(settlement.totalPaid).padStart(10)}` +
        `   refunded ${usdc(settlement.refund).padStart(9)}`,
    );

  section("5. Market");
  for (const [provider, { paid, served }] of report.earned)
    console.log(
      `  ${provider.replace("sim.", "").padEnd(14)} earned ${usdc(paid, 4).padStart(9)}   ${served} requests`,
    );
  console.log(`  ${"authorised".padEnd(14)} ${report.authorised}, denied ${report.denied}`);
  console.log(`  ${"volume".padEnd(14)} ${usdc(report.volume, 4)} ${LEDGER_ASSET.symbol}`);
  console.log(
    `  ${"books".padEnd(14)} ${report.violations.length === 0 ? "every invariant holds" : "WRONG"}, all of it rolled back\n`,
  );
}

function describeDenial({ atMs, decision }: SimulatedCall): string {
  if (decision.outcome !== "denied") return "";
  const accrued = BigInt(String(decision.extensions.accrued ?? 0));
  return `at ${formatDuration(atMs)}: ${decision.code}, accrued ${usdc(accrued)} of ${usdc(BigInt(String(decision.extensions.funded ?? 0)))}`;
}

function section(title: string): void {
  console.log(`\n── ${title} ${"─".repeat(Math.max(0, 74 - title.length))}`);
}

function usdc(value: bigint, digits = 6): string {
  return formatAmount(value, {
    decimals: LEDGER_ASSET.decimals,
    max: digits,
    min: digits,
    rounding: "nearest",
  });
}
