import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiptKey } from "@/lib/mpp/receipt-keys";
import { readBooks } from "./chaos/books";
import { createClients } from "./chaos/clients";
import { injectFaults } from "./chaos/faults";
import type { Finding } from "./chaos/finding";
import { createHistory, type History } from "./chaos/history";
import { type ChaosOptions, help, readOptions, UsageError } from "./chaos/options";
import { plants } from "./chaos/plants";
import { everythingSettled, nothingUnderWay, untilQuiet } from "./chaos/quiet";
import { createRandom } from "./chaos/random";
import { printReport } from "./chaos/report";
import { createRig } from "./chaos/rig";
import { judge } from "./chaos/verdict";
import { bold, dim, green, red } from "./report.mjs";

/** Healing may take this long; after it, what is still under way is a finding. */
const HEAL_MS = 60_000;
/** Set-up may take this long, and so may all that comes after the faults; then the run ends itself, whatever hangs. */
const HARD_STOP_MS = 90_000;

const options = optionsOrExit();
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), "superstream-throw-away-"));
chmodSync(folder, 0o711); // Started by root, the database runs as another user and must pass through here.
const rig = createRig({ folder, kind: options.server, seed: options.seed });

process.once("exit", cleanUpNow);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    console.error(red(`\nStopped by ${signal}.`));
    process.exit(1);
  });
let hardStop = stopHardAfter(HARD_STOP_MS); // Of the set-up; the run gets its own.

const commit = describeCommit();
console.log(bold(`Chaos with seed ${options.seed} at ${commit}, ${options.seconds} s`));
process.exit((await run(options)) ? 0 : 1);

/** @returns whether nothing was found */
async function run({ seed, seconds, plant, payers }: ChaosOptions): Promise<boolean> {
  const random = createRandom(seed);
  const history = createHistory();
  const started = await rig.startAll();
  const { database, servers, upstream } = started;
  let giveUpAt = Number.POSITIVE_INFINITY;
  const clients = await createClients({ rig: started, seed, payers, history, random, until: () => giveUpAt });
  if (plant) {
    await plants[plant](database.pool);
    say(`planted: ${plant}`);
  }

  clearTimeout(hardStop);
  hardStop = stopHardAfter(seconds * 1_000 + HARD_STOP_MS);
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), seconds * 1_000);
  const working = clients.run(() => end.signal.aborted);
  working.catch(() => end.abort());
  const faults = await injectFaults({
    servers,
    database,
    upstream: upstream.url,
    random: random.fork("faults"),
    signal: end.signal,
    log: say,
  });
  clearTimeout(timer);

  const healing = performance.now();
  giveUpAt = healing + HEAL_MS;
  say("healing");
  for (const server of servers) server.signal("SIGCONT");
  await Promise.all(servers.map((server) => server.untilHealthy(HEAL_MS)));
  await working;
  const late = await untilQuiet(database.pool, nothingUnderWay, giveUpAt);
  const healingMs = performance.now() - healing;
  const early = (await readBooks(database.pool)).violations.length;
  say(`quiet, ${early} violations while streams still run; closing them`);

  await clients.closeAll();
  late.push(...(await untilQuiet(database.pool, everythingSettled, giveUpAt)));
  const books = await readBooks(database.pool);
  const served = (await (await fetch(`${upstream.url}/chaos/served`)).json()) as Record<string, number>;
  const { publicJwk } = await receiptKey(started.secret);
  const findings = [
    ...late,
    ...(await judge({
      history,
      books,
      balances: await clients.balances(),
      upstream: new Map(Object.entries(served)),
      keys: [publicJwk],
    })),
  ];
  const restarts = servers.reduce((sum, { starts }) => sum + starts - 1, 0);
  printReport({ history, faults, findings, healingMs, books, restarts });
  return conclude(findings, history);
}

function conclude(findings: readonly Finding[], { operations }: History): boolean {
  const again = `npm run chaos -- --seed ${options.seed} --seconds ${options.seconds} --payers ${options.payers} --server ${options.server}${options.plant ? ` --plant ${options.plant}` : ""}`;
  const good = findings.length === 0;
  console.log(
    good
      ? green(`\nNothing lost, nothing twice, invariants empty: ${operations.length} operations.`)
      : red(`\n${findings.length} findings.`),
  );
  if (!good) for (const { name } of rig.programs) console.log(dim(`${name}: ${logTail(name)}`));
  console.log(`Again, at ${commit}:  ${again}\n`);
  return good;
}

function logTail(name: string): string {
  const lines = readFileSync(join(folder, `${name}.log`), "utf8")
    .trim()
    .split("\n");
  return lines
    .slice(-5)
    .map((line) => line.slice(0, 600))
    .join("\n  ");
}

function say(what: string): void {
  console.log(dim(`  ${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${what}`));
}

function describeCommit(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
    return `commit ${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") ? " with changes" : ""}`;
  } catch {
    return "an unknown commit"; // A download without its history.
  }
}

function optionsOrExit(): ChaosOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== "help") return read;
    console.log(help);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

function stopHardAfter(ms: number): NodeJS.Timeout {
  const timer = setTimeout(() => {
    console.error(red("\nThe run did not end by itself: hard stop."));
    process.exit(1);
  }, ms);
  return timer.unref();
}

/** Runs at every end of this process. */
function cleanUpNow(): void {
  rig.endNow();
  if (options.keep) console.log(`Kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
