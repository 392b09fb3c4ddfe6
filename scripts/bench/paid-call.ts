import { randomBytes } from "node:crypto";
import { freePort } from "../free-port.mjs";
import { gatewayMemory, webMemory } from "../memory-flags.mjs";
import { findBookFaults, findReceiptFaults, PROVIDER } from "./bench-database";
import type { BenchOptions, BenchResult, BenchTarget } from "./bench-result";
import { buildEmptyNext } from "./build-empty-next";
import { startLoadGenerator } from "./load-generator";
import type { LoadTarget } from "./load-plan";
import { cpuLine, failureLines, type Measured, measureSides, type Side } from "./measure-sides";
import { profileLines, readLargestProfile } from "./profile-lines";
import { requireBuild } from "./require-build";
import { startPaidMarket } from "./start-paid-market";
import { startProgram } from "./start-program";

/** One for all servers of a run: a receipt of one is verified by any. */
const SECRET_KEY = randomBytes(32).toString("hex");

const PAID = {
  "paid-call/next": ["scripts/bench/serve-next.ts"],
  "paid-call/server": [...webMemory, "scripts/bench/serve-in-process.ts"],
  "paid-call/gateway": [...gatewayMemory, "scripts/bench/serve-in-process.ts", "--gateway"],
};
type PaidName = keyof typeof PAID;
export const PAID_CALL_NAMES = Object.keys(PAID) as PaidName[];

const BARE = "bare node:http answer";
const GROUP = "group-commit limit";
const EMPTY = "empty Next route";

/**
 * Authorised paid calls: session token, idempotency key, signed receipt, the provider's answer made in process, every
 * authorisation committed and synced before its answer. Beside them, in the same rounds: an empty route of Next, a bare answer,
 * and the group-commit limit (serve-group-commit.ts).
 */
export async function measurePaidCalls(options: BenchOptions): Promise<BenchResult[]> {
  const names = PAID_CALL_NAMES.filter((name) => options.only.has(name));
  const withSite = names.some((name) => name !== "paid-call/gateway");
  if (withSite) requireBuild();

  const enders: (() => Promise<void>)[] = [];
  try {
    const { tokens, ...database } = await startPaidMarket();
    enders.push(database.stop);

    const startServer = async (name: string, args: readonly string[], url = database.url) => {
      const port = await freePort();
      const program = await startProgram(name, args, serverEnvironment(port, url));
      enders.push(program.stop);
      return { port, watched: { node: program.pid, postgres: database.pid } };
    };
    const sides: Side[] = [];
    const addSide = (name: string, at: Awaited<ReturnType<typeof startServer>>, target: Target) =>
      sides.push({ name, target: { ...target, port: at.port }, watched: at.watched });

    if (!options.alone) {
      await database.pool.query("create database group_commit");
      const groupUrl = Object.assign(new URL(database.url), { pathname: "/group_commit" }).href;
      addSide(BARE, await startServer(BARE, ["scripts/bench/bare-server.ts"]), bareTarget);
      addSide(GROUP, await startServer(GROUP, ["scripts/bench/serve-group-commit.ts"], groupUrl), bareTarget);
      await buildEmptyNext();
      addSide(EMPTY, await startServer(EMPTY, ["scripts/bench/serve-empty-next.ts"]), emptyTarget);
    }
    const profiling = options.profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
    for (const name of names)
      addSide(name, await startServer(name, [...profiling, ...PAID[name]]), paidTarget(tokens));

    const generator = await startLoadGenerator();
    enders.push(generator.stop);
    const measured = await measureSides(generator, sides, options);
    const paid = measured.filter(({ name }) => names.includes(name as PaidName));
    const answers = paid.reduce((sum, { ok }) => sum + ok, 0);
    const port = sides.find(({ name }) => name === paid.at(-1)?.name)?.target.port;
    // A side that failed spoils its own figure; what is shared spoils all.
    const shared = [
      ...measured.filter((side) => !paid.includes(side)).flatMap(failureLines),
      ...(await findBookFaults(database.pool, answers)),
      ...(await findReceiptFaults(database.pool, `http://127.0.0.1:${port}`)),
    ];
    return paid.map((side) => toResult(side, measured, [...failureLines(side), ...shared]));
  } finally {
    for (const end of enders.toReversed()) await end();
    if (options.profile !== null) sayProfile(options.profile, options);
  }
}

function sayProfile(folder: string, { say }: BenchOptions): void {
  const profile = readLargestProfile(folder);
  if (profile) for (const line of profileLines(profile, 30)) say(line);
}

export function serverEnvironment(port: number, databaseUrl: string): Record<string, string> {
  return {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    ORIGIN: `http://127.0.0.1:${port}`,
    DATABASE_URL: databaseUrl,
    SECRET_KEY,
    LOG_LEVEL: "error",
  };
}

type Target = Omit<LoadTarget, "port">;

const bareTarget: Target = { method: "GET", path: "/" };
const emptyTarget: Target = { method: "GET", path: "/empty" };

export function paidTarget(tokens: readonly string[]): Target {
  return {
    method: "POST",
    path: `/api/p/${PROVIDER}/echo`,
    headers: { "content-type": "application/json" },
    body: '{"n":1}',
    tokens,
    fresh: "idempotency-key",
  };
}

function toResult(side: Measured, all: readonly Measured[], faults: string[]): BenchResult {
  const share = (name: string) => {
    const other = all.find((candidate) => candidate.name === name);
    return other ? side.requestsPerSecond / other.requestsPerSecond : null;
  };
  const ratio = share(EMPTY);
  const shares = [BARE, GROUP].flatMap((name) => {
    const part = share(name);
    return part === null ? [] : [`${(part * 100).toFixed(1)} % of the ${name}`];
  });
  const beside = all
    .filter(({ name }) => !(name in PAID))
    .map(
      ({ name, requestsPerSecond, p99Ms }) =>
        `${name} ${Math.round(requestsPerSecond).toLocaleString("en")}/s, p99 ${p99Ms.toFixed(1)} ms`,
    );
  return {
    name: side.name,
    value: side.requestsPerSecond,
    unit: "calls/s",
    baseline: EMPTY,
    ratio,
    p50Ms: side.p50Ms,
    p99Ms: side.p99Ms,
    targets: targetsOf(side, ratio),
    notes: [
      ...(shares.length > 0 ? [`${shares.join(", ")}.`] : []),
      `CPU µs a call: ${cpuLine(side.cpuMicros)}.`,
      ...(beside.length > 0 ? [`In the same rounds: ${beside.join("; ")}.`] : []),
    ],
    faults,
  };
}

function targetsOf(side: Measured, ratio: number | null): BenchTarget[] {
  const least = side.name === "paid-call/next" ? 0.7 : 5;
  const targets = [
    { text: `at least ${least} of an empty Next route`, met: ratio !== null && ratio >= least },
  ];
  if (side.name === "paid-call/next") return targets;
  return [
    ...targets,
    { text: "at least 8,000 calls/s", met: side.requestsPerSecond >= 8_000 },
    { text: "p99 under 30 ms", met: side.p99Ms < 30 },
  ];
}
