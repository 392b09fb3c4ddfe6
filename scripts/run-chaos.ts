import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { receiptKey } from "@/lib/mpp/receipt-keys";
import { createAccount } from "./chaos/account";
import { readBooks } from "./chaos/books";
import { type ChaosDatabase, endDatabaseNow, startChaosDatabase } from "./chaos/database";
import { injectFaults } from "./chaos/faults";
import { createHistory, type History } from "./chaos/history";
import { openMarket } from "./chaos/market";
import { type ChaosOptions, help, readOptions, UsageError } from "./chaos/options";
import { createPaidCaller } from "./chaos/paid-call";
import { createPayer } from "./chaos/payer";
import { plants } from "./chaos/plants";
import { keepRunning, type Program } from "./chaos/processes";
import { createRandom } from "./chaos/random";
import { createReceiver } from "./chaos/receiver";
import { printReport } from "./chaos/report";
import { createSender } from "./chaos/send";
import { type Finding, judge } from "./chaos/verdict";
import { freePort } from "./embedded-postgres.mjs";
import { bold, dim, green, red } from "./report.mjs";

/** Healing may take this long; after it, what is still under way is a finding. */
const HEAL_MS = 60_000;
/** The run ends itself this long after its faults, whatever hangs. */
const HARD_STOP_MS = 90_000;
/** A paid call whose server died is given up after this (in the product: five minutes). */
const CALL_PATIENCE_MS = 12_000;
const ORIGIN = "http://chaos.localhost";

/** What may not be left when everything has been healed: paid calls under way, streams that a sweep should see to. */
const QUIET = `select 'call ' || id || ' is open' as what from request where state = 'open'
  union all select 'stream ' || id || ' is due' from stream where due_ms <= clock_ms()`;
const SETTLED = `${QUIET} union all select 'stream ' || id || ' is ' || status from stream where status <> 'settled'`;

const options = optionsOrExit();
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), "superstream-throw-away-"));
chmodSync(folder, 0o711); // Started by root, the database runs as another user and must pass through here.
const programs: Program[] = [];
let database: ChaosDatabase | null = null;

process.once("exit", cleanUpNow);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    console.error(red(`\nStopped by ${signal}.`));
    process.exit(1);
  });
setTimeout(
  () => {
    console.error(red("\nThe run did not end by itself: hard stop."));
    process.exit(1);
  },
  options.seconds * 1_000 + HARD_STOP_MS,
).unref();

const commit = describeCommit();
console.log(bold(`Chaos with seed ${options.seed} at ${commit}, ${options.seconds} s`));
process.exit((await run(options)) ? 0 : 1);

/** @returns whether nothing was found */
async function run({ seed, seconds, plant, payers: count, server: kind }: ChaosOptions): Promise<boolean> {
  const random = createRandom(seed);
  const history = createHistory();
  const secret = randomBytes(32).toString("hex");
  const [first, second, upstreamPort] = await Promise.all([freePort(), freePort(), freePort()]);

  database = await startChaosDatabase(folder);
  const { pool } = database;
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const provider = start(
    "provider",
    ["scripts/chaos/run-upstream.ts", String(upstreamPort), String(seed)],
    `${upstream}/chaos/served`,
    {
      DATABASE_URL: undefined,
    },
  );
  const servers = [startServer("server A", first), startServer("server B", second)] as const;
  await Promise.all([...servers, provider].map((program) => program.untilHealthy(60_000)));

  let giveUpAt = Number.POSITIVE_INFINITY;
  const sender = createSender({
    servers: [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`],
    history,
    until: () => giveUpAt,
  });
  let accounts = 0;
  const newAccount = (name: string) => {
    accounts += 1;
    return createAccount({ name, seed, ip: `10.0.${accounts >> 8}.${accounts & 255}`, sender });
  };
  const providers = await openMarket(upstreamPort, newAccount);
  if (plant) {
    await plants[plant](pool);
    say(`planted: ${plant}`);
  }
  const payers = Array.from({ length: count }, (_, at) => {
    const account = newAccount(`payer-${at}`);
    const caller = createPaidCaller(account, sender, history);
    return createPayer({ account, caller, history, providers, random: random.fork(account.name) });
  });
  const receivers = providers.map((each) =>
    createReceiver({ provider: each, history, random: random.fork(each.id) }),
  );

  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), seconds * 1_000);
  const patience = setInterval(() => voidStale(pool), 1_000);
  const clients = Promise.all(
    [...payers, ...receivers].map((client) => client.run(() => end.signal.aborted)),
  );
  clients.catch(() => end.abort());
  const faults = await injectFaults({
    servers,
    database,
    upstream,
    random: random.fork("faults"),
    signal: end.signal,
    log: say,
  });
  clearTimeout(timer);

  const healing = performance.now();
  giveUpAt = healing + HEAL_MS;
  say("healing");
  for (const each of servers) each.signal("SIGCONT");
  await Promise.all(servers.map((each) => each.untilHealthy(HEAL_MS)));
  await clients;
  const findings: Finding[] = [];
  findings.push(...(await quiet(pool, giveUpAt, QUIET)));
  const healingMs = performance.now() - healing;
  say(`quiet; ${(await readBooks(pool)).violations.length} violations while streams still run`);

  for (const payer of payers) await payer.closeAll();
  findings.push(...(await quiet(pool, giveUpAt, SETTLED)));
  clearInterval(patience);
  const books = await readBooks(pool);
  const balances = new Map<string, bigint>();
  for (const { address, read } of [
    ...payers.map(({ account }) => account),
    ...providers.map(({ owner }) => owner),
  ])
    balances.set(address, BigInt(((await read("/api/v1/wallet")) as { balance: string }).balance));
  const served = (await (await fetch(`${upstream}/chaos/served`)).json()) as Record<string, number>;
  const { publicJwk } = await receiptKey(secret);
  findings.push(
    ...(await judge({
      history,
      books,
      balances,
      upstream: new Map(Object.entries(served)),
      keys: [publicJwk],
    })),
  );

  printReport({
    history,
    faults,
    findings,
    healingMs,
    books,
    restarts: restarts(servers),
  });
  return conclude(findings, history);

  function startServer(name: string, port: number): Program {
    const args = ["scripts/serve.ts", ...(kind === "gateway" ? ["--gateway"] : [])];
    return start(name.replace(" ", "-"), args, `http://127.0.0.1:${port}/api/health`, {
      NODE_ENV: "production",
      PORT: String(port),
      HOST: "127.0.0.1",
      ORIGIN,
      NETWORK: "devnet",
      DATABASE_URL: database?.url,
      SECRET_KEY: secret,
      UPSTREAM_ALLOW: `127.0.0.1:${upstreamPort}`,
      SWEEP_INTERVAL_MS: "500",
      TRUSTED_PROXIES: "1",
      LOG_LEVEL: "error",
    });
  }
}

function start(
  name: string,
  args: string[],
  url: string,
  environment: Record<string, string | undefined>,
): Program {
  const program = keepRunning({ name, args, environment, folder, url });
  programs.push(program);
  return program;
}

/** Waits until a query gives no rows; each row that stays is a finding. */
async function quiet(pool: ChaosDatabase["pool"], until: number, sql: string): Promise<Finding[]> {
  for (;;) {
    const { rows } = await pool.query<{ what: string }>(sql);
    if (rows.length === 0) return [];
    if (performance.now() > until) return rows.map(({ what }) => ({ check: "open", detail: what }));
    await sleep(200);
  }
}

/** A third sweep with less patience than the servers' own, as an operator might run: calls of killed servers are void. */
async function voidStale(pool: ChaosDatabase["pool"]): Promise<void> {
  await pool.query("select void_stale_requests(100, $1)", [CALL_PATIENCE_MS]).catch(() => {});
}

function restarts(servers: readonly Program[]): number {
  return servers.reduce((sum, { starts }) => sum + starts - 1, 0);
}

function conclude(findings: readonly Finding[], { operations }: History): boolean {
  const again = `npm run chaos -- --seed ${options.seed} --seconds ${options.seconds} --payers ${options.payers} --server ${options.server}${options.plant ? ` --plant ${options.plant}` : ""}`;
  const good = findings.length === 0;
  console.log(
    good
      ? green(`\nNothing lost, nothing twice, invariants empty: ${operations.length} operations.`)
      : red(`\n${findings.length} findings.`),
  );
  if (!good) for (const { name } of programs) console.log(dim(`${name}: ${logTail(name)}`));
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

/** Runs at every end of this process. Only what this run started is ended, by its id. */
function cleanUpNow(): void {
  for (const program of programs) program.endNow();
  endDatabaseNow(folder);
  if (options.keep) console.log(`Kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
