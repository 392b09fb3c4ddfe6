// `npm start`: from a fresh clone to a running site, and the same again in seconds. `npm run dev` is `--dev`.
// Plain Node, because on a fresh clone there are no packages yet.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { childProcesses, untilAnswers } from "./child-processes.mjs";
import { holdDataDir, processExists } from "./hold-data-dir.mjs";
import { interrupt, interruption } from "./interruption.mjs";
import { webMemory } from "./memory-flags.mjs";
import { bold, describeFailure, Refusal, red, seconds, step } from "./report.mjs";
import { localSecret } from "./secrets-file.mjs";
import { build, hashOf, isStamped, run, setUp } from "./set-up.mjs";

const HELP = `npm start                   set up what is missing, then run Superstream
npm run dev                 the same with hot reload
npm start -- --throw-away   on an empty database that is gone afterwards

Settings come from the environment or from .env; .env.example lists them all. The usual ones:
  PORT=3000        where the site listens
  DATA_DIR=.data   the embedded database and the secrets of this machine
  DATABASE_URL     your own PostgreSQL 15 or newer, instead of the embedded one
  CHAIN=off        no local chain beside the site`;

/** In the order of DEMO_PORTS. */
const DEMO_PROVIDERS = ["rheumascore", "dnai", "holterai"];
const DEMO_PROGRAM = "agents/demo-providers/main.ts";
const SEED = "prisma/seed.ts";
const SEED_INPUTS = [SEED, "agents/demo-providers", "lib/market", "lib/domain", "prisma/migrations"];

/** @type {(() => unknown)[]} how to end what runs, to be called last first */
const enders = [];
let failed = false;

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

try {
  await start();
  await new Promise((resolve) => interruption.addEventListener("abort", resolve, { once: true }));
  console.log("\nEnding what was started …");
} catch (error) {
  if (!interruption.aborted) console.error(describeFailure(error));
  failed ||= true;
}
for (const end of enders.toReversed()) await end();
process.exit(failed ? 1 : 0);

function readOptions() {
  try {
    return parseArgs({
      options: {
        dev: { type: "boolean", default: false },
        "throw-away": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${red(/** @type {Error} */ (error).message)}\n\n${HELP}`);
    process.exit(2);
  }
}

async function start() {
  const began = performance.now();
  if (options["throw-away"]) process.env.DATA_DIR = throwAwayFolder();
  await setUp({ ownSettings: !options["throw-away"] });
  if (options["throw-away"]) delete process.env.DATABASE_URL;

  const settings = await readSettings();
  const hold = holdDataDir(settings.DATA_DIR, options.dev ? "npm run dev" : "npm start");
  enders.push(hold.release);
  const { planChain } = await import("./devnet/chain-beside-site.ts");
  const chain = await planChain(settings, { throwAway: options["throw-away"] });
  await refuseTakenPorts(settings, chain);

  const environment = await withDatabase(settings, hold);
  if (chain) Object.assign(environment, await withChain(chain, settings, environment.DATABASE_URL));
  if (!options.dev) await step("Build the site", build);
  await startPrograms(settings, environment);

  const address = `http://${settings.HOST === "127.0.0.1" ? "localhost" : settings.HOST}:${settings.PORT}`;
  hold.announce(address);
  console.log(
    `\n${bold(`Superstream runs at ${address}`)}  (ready in ${seconds(performance.now() - began)}, Ctrl-C ends it)\n`,
  );
}

function throwAwayFolder() {
  const folder = mkdtempSync(join(tmpdir(), "superstream-throw-away-"));
  chmodSync(folder, 0o711); // Started by root, the database runs as another user and must pass through here.
  enders.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The same module that the server uses, so that a wrong value stops here with the same line. */
async function readSettings() {
  process.env.NODE_ENV = options.dev ? "development" : "production";
  await import("./register-ts.mjs");
  const { env } = await import("../lib/env.ts");
  return env;
}

/** @typedef {import("../lib/env.ts").Env} Settings */
/** @typedef {import("./devnet/chain-beside-site.ts").PlannedChain} PlannedChain */

/** Demo providers are paid in play money: nowhere else do they run. @param {Settings} settings */
function runsDemo({ DEMO_PROVIDERS: demo, NETWORK }) {
  return demo === "on" && NETWORK === "devnet";
}

/**
 * Said before the slow steps, and in words: a program that fails to listen says it late and tersely.
 * @param {Settings} settings @param {PlannedChain | null} chain
 */
async function refuseTakenPorts(settings, chain) {
  const { PORT, HOST, DEMO_PORTS } = settings;
  const wanted = [{ port: PORT, host: HOST, name: "PORT" }];
  if (chain?.port) wanted.push({ port: chain.port, host: "127.0.0.1", name: "CHAIN_PORT" });
  if (runsDemo(settings))
    for (const port of DEMO_PORTS) wanted.push({ port, host: "127.0.0.1", name: "DEMO_PORTS" });
  for (const { port, host, name } of wanted)
    if (!(await isFree(port, host)))
      throw new Refusal(
        `Port ${port} is in use by another program. Stop it, or set ${name} to another value.`,
      );
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} */
function isFree(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(new Refusal(`Cannot listen on ${host}:${port}: ${error.message}.`));
    });
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/**
 * Starts the embedded database unless there is another, and brings its tables up to date.
 *
 * @param {Settings} settings @param {ReturnType<typeof holdDataDir>} hold
 * @returns {Promise<Record<string, string>>} what the programs get in their environment
 */
async function withDatabase(settings, hold) {
  const { startEmbeddedPostgres } = await import("./embedded-postgres.mjs");
  const { databaseForTests } = await import("./database-for-tests.mjs");
  const { migrateDatabase } = await import("./migrate-database.mjs");
  /** @type {Record<string, string>} */
  const environment = {};

  let url = settings.DATABASE_URL;
  if (!url) {
    const database = await step("Start the database", () => {
      if (options["throw-away"]) return databaseForTests();
      return startEmbeddedPostgres({ dataDir: settings.DATA_DIR, hold });
    });
    enders.push(database.stop);
    if ("pid" in database) watch(database.pid);
    url = environment.DATABASE_URL = database.url;
    environment.SECRET_KEY = process.env.SECRET_KEY || localSecret(settings.DATA_DIR, "secretKey");
  }
  const address = url;
  await step("Bring the tables up to date", async () =>
    (await migrateDatabase(address)).length ? undefined : "skipped",
  );
  return environment;
}

/**
 * Starts the planned chain. Without one the site still runs.
 * @param {PlannedChain} chain @param {Settings} settings @param {string | undefined} embedded address of the embedded database
 * @returns {Promise<Record<string, string>>} what the programs get in their environment
 */
async function withChain(chain, { DATABASE_URL = "" }, embedded) {
  const { startPlannedChain } = await import("./devnet/chain-beside-site.ts");
  const database = { url: embedded ?? DATABASE_URL, ours: embedded !== undefined };
  const devnet = await startPlannedChain(chain, database);
  if (!devnet) return {};
  enders.push(devnet.stop);
  void devnet.gone.then(() => interruption.aborted || fail("The chain (anvil) ended by itself."));
  return { RPC_URL: devnet.url };
}

/** The database is not a child of ours: look whether it is alive. @param {number} pid */
function watch(pid) {
  const timer = setInterval(() => {
    if (!interruption.aborted && !processExists(pid)) fail("The embedded PostgreSQL ended by itself.");
  }, 1_000);
  enders.push(() => clearInterval(timer));
}

/** @param {Settings} settings @param {Record<string, string>} database */
async function startPrograms(settings, database) {
  const { HOST, PORT, DEMO_PORTS } = settings;
  const demo = runsDemo(settings);
  const own = demo ? DEMO_PORTS.map((port) => `127.0.0.1:${port}`) : [];
  const environment = { ...database, UPSTREAM_ALLOW: [...settings.UPSTREAM_ALLOW, ...own].join(",") };

  const children = childProcesses({ onDeath: fail });
  enders.push(children.endAll);
  interruption.addEventListener("abort", () => process.once("SIGINT", children.killAll)); // Asked twice: no more waiting.

  const loopback = HOST === "0.0.0.0" || HOST === "::" ? "127.0.0.1" : HOST;
  const ready = { timeoutMs: 120_000, signal: interruption };
  await Promise.all([
    step("Start the web server", () => {
      const args = options.dev ? ["scripts/serve.ts", "--dev"] : [...webMemory, "scripts/serve.ts"];
      children.start("web", args, environment);
      const healthy = (/** @type {number} */ status) => status === 200;
      return untilAnswers(`http://${loopback}:${PORT}/api/ready`, { ...ready, accept: healthy });
    }),
    demo && step("Start the demo providers", () => startProviders(children, DEMO_PORTS, ready)),
    demo && step("Fill the market", () => seed(settings, environment)),
  ]);
}

/**
 * One process each, as other people's providers would be. They get no secret of ours.
 * @param {ReturnType<typeof childProcesses>} children @param {readonly number[]} ports
 * @param {{ timeoutMs: number, signal: AbortSignal }} ready
 */
async function startProviders(children, ports, ready) {
  const nothing = {
    DATABASE_URL: undefined,
    SECRET_KEY: undefined,
    SECRET_KEY_PREVIOUS: undefined,
    ADMIN_TOKEN: undefined,
    CRON_SECRET: undefined,
  };
  for (const [at, name] of DEMO_PROVIDERS.entries())
    children.start(name, [DEMO_PROGRAM, name, "--port", String(ports[at])], nothing);
  await Promise.all(ports.map((port) => untilAnswers(`http://127.0.0.1:${port}/health`, ready)));
}

/**
 * Lists the demo providers. An embedded database remembers what it was filled from; another is always asked.
 * @param {Settings} settings @param {Record<string, string>} environment
 */
async function seed({ DATA_DIR, DEMO_PORTS, DATABASE_URL }, environment) {
  const inputs = `${hashOf(SEED_INPUTS)} ${DEMO_PORTS}`;
  const stamp = join(DATA_DIR, "seeded");
  if (!DATABASE_URL && isStamped(stamp, inputs)) return "skipped";
  await run(process.execPath, ["--import", "./scripts/register-ts.mjs", SEED], environment);
  if (!DATABASE_URL) writeFileSync(stamp, inputs);
}

/** @param {string} message */
function fail(message) {
  console.error(red(`${message} Ending the rest.`));
  failed = true;
  interrupt();
}
