// `npm test`: everything that CI runs, on a fresh clone too. `npm test -- unit e2e` runs some of the stages.
// Plain Node, because on a fresh clone there are no packages yet.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { findForge } from "./contracts/forge.mjs";
import { failedTests } from "./failed-tests.mjs";
import { interruption } from "./interruption.mjs";
import { bold, describeFailure, dim, green, Refusal, red, seconds } from "./report.mjs";
import { build, setUp } from "./set-up.mjs";

const REPORTS = "test-results/reports";

/** @typedef {{ passed: number, failed: number, skipped: number, failures?: string[] }} Counts failures: a line for each */
/** @typedef {{ title: string, run: () => Promise<Counts | undefined> }} Stage what `npm test -- <name>` selects */

/** A stage that found something wrong, and has said what. */
class Failed extends Error {
  /** @param {Counts} [counts] */
  constructor(counts) {
    super("A stage failed.");
    this.counts = counts;
  }
}

/** A stage that cannot run on this platform, and has said why: neither passed nor failed. */
class NotRun extends Error {}

/** Its seed comes from the clock and is printed: each run tries other orders. */
const CHAOS = ["--import", "./scripts/register-ts.mjs", "scripts/run-chaos.ts", "--seconds", "45"];

/** @type {Record<string, Stage>} */
const STAGES = {
  types: { title: "Type check", run: checkTypes },
  lint: {
    title: "Lint and format",
    run: () => program("lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]),
  },
  imports: { title: "Direction of imports", run: () => program("imports", ["scripts/check-imports.mjs"]) },
  unit: { title: "Unit and property tests", run: () => vitest("unit") },
  contracts: { title: "Contracts: forge tests", run: contracts },
  int: { title: "Integration tests on PostgreSQL", run: () => vitest("int") },
  build: { title: "Production build", run: async () => void (await build()) },
  chaos: { title: "Chaos: 45 s of faults", run: () => program("chaos", CHAOS) },
  e2e: { title: "End-to-end tests in Chromium", run: playwright },
};

/** Two cores: what needs no database goes beside the unit tests; what measures time or races runs alone. */
const PLAN = [
  [
    ["types", "lint", "imports", "build"],
    ["unit", "contracts"],
  ],
  [["int"]],
  [["chaos"]],
  [["e2e"]],
];

/** Through a pipe a program cannot see where its lines end up. */
const colours = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STAGES));
if (unknown.length || wanted.includes("--help")) {
  console.log(`npm test [-- <stage> …]   stages: ${Object.keys(STAGES).join(", ")}`);
  process.exit(unknown.every((name) => name === "--help") ? 0 : 1);
}

/** @type {{ title: string, ok: boolean | "not run", counts: Counts | undefined, ms: number }[]} */
const results = [];
try {
  await setUp({ ownSettings: false });
  ignoreSettings();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  for (const lanes of PLAN) await allEnded(lanes.map(runLane));
} catch (error) {
  console.error(interruption.aborted ? "\nInterrupted." : describeFailure(error));
  process.exit(interruption.aborted ? 130 : 1);
}
process.exit(summarise());

/** Like `Promise.all`, but nothing runs any more when it rejects. @param {Promise<void>[]} lanes */
async function allEnded(lanes) {
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
}

/** @param {string[]} names run one after the other, whatever their results */
async function runLane(names) {
  for (const name of names) {
    const stage = STAGES[name];
    if (!stage || (wanted.length > 0 && !wanted.includes(name))) continue;
    console.log(dim(`▸ ${stage.title} …`));
    const began = performance.now();
    let counts;
    /** @type {boolean | "not run"} */
    let ok = true;
    try {
      counts = await stage.run();
      ok = !counts?.failed;
    } catch (error) {
      interruption.throwIfAborted();
      ok = error instanceof NotRun ? "not run" : false;
      if (error instanceof NotRun) console.log(`${stage.title} did not run: ${error.message}`);
      else if (error instanceof Failed) counts = error.counts;
      else console.error(describeFailure(error));
    }
    const ms = performance.now() - began;
    results.push({ title: stage.title, ok, counts, ms });
    console.log(`${ok === "not run" ? "–" : ok ? green("✓") : red("✗")} ${stage.title} ${dim(seconds(ms))}`);
  }
}

/**
 * Runs a Node program and shows its lines as they come.
 * @param {string} name put before each line @param {string[]} args @param {Record<string, string>} [environment]
 * @returns {Promise<undefined>} @throws Failed when it ends with another code than 0
 */
async function program(name, args, environment = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...colours, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32", // Ctrl-C reaches only us, so that it is told once.
  });
  const end = () => child.kill("SIGINT"); // It removes its databases before it ends, and we wait for that.
  interruption.addEventListener("abort", end);
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on(
      "line",
      (line) => line && console.log(`${dim(`${name} │`)} ${line}`),
    );
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  interruption.removeEventListener("abort", end);
  interruption.throwIfAborted();
  if (code !== 0) throw new Failed();
}

/** Next's types of routes are written anew: those of a route that is gone would fail the check. */
async function checkTypes() {
  rmSync(".next/dev/types", { recursive: true, force: true });
  await program("types", ["node_modules/next/dist/bin/next", "typegen"]);
  return program("types", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "."]);
}

/** @param {"unit" | "int"} project */
async function vitest(project) {
  const file = `${REPORTS}/${project}.json`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", project, ...reporters];
  const failed = await program(project, args, { NODE_ENV: "test" }).catch(keepFailure);
  const whole = report(file);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = whole;
  const skipped = numPendingTests + numTodoTests;
  const failures = failedTests(whole);
  return settle(failed, { passed: numPassedTests, failed: numFailedTests, skipped, failures });
}

async function contracts() {
  if (!findForge())
    throw new NotRun(
      `npm has no forge for ${process.platform}-${process.arch}, and there is none on the PATH.`,
    );
  const file = `${REPORTS}/contracts.json`;
  const args = ["scripts/contracts/test.mjs", "--report", file];
  const failed = await program("contracts", args).catch(keepFailure);
  return settle(failed, report(file));
}

async function playwright() {
  const { ensureChromium } = await import("./find-chromium.mjs");
  const file = `${REPORTS}/e2e.json`;
  const environment = { CHROMIUM_PATH: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  const args = ["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"];
  const failed = await program("e2e", args, environment).catch(keepFailure);
  const whole = report(file);
  const { expected, flaky, unexpected, skipped } = whole.stats;
  const failures = failedTests(whole);
  return settle(failed, { passed: expected + flaky, failed: unexpected, skipped, failures });
}

/** @param {unknown} error */
function keepFailure(error) {
  if (error instanceof Failed) return error;
  throw error;
}

/** @param {Failed | undefined} failed @param {Counts} counts @returns {Counts} */
function settle(failed, counts) {
  if (failed) throw new Failed(counts);
  if (counts.passed === 0) throw new Refusal("No test ran."); // A stage that tests nothing must not look green.
  return counts;
}

/** @param {string} file */
function report(file) {
  if (!existsSync(file)) throw new Failed();
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Tests run on their own settings: those of this machine's shell would make results differ. */
function ignoreSettings() {
  for (const [, name] of readFileSync(".env.example", "utf8").matchAll(/^#?\s*([A-Z_]+)=/gm))
    if (name && name !== "TEST_DATABASE_URL") delete process.env[name];
}

/** @returns {number} the exit code */
function summarise() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log(`\n${bold("Stage".padEnd(34))} Result    Tests    Time`);
  for (const { title, ok, counts, ms } of results) {
    total.passed += counts?.passed ?? 0;
    total.skipped += counts?.skipped ?? 0;
    // What fails without a failing test, such as the type check or a file that does not load, counts as one.
    total.failed += ok ? 0 : Math.max(1, counts?.failed ?? 0);
    const tests = counts ? String(counts.passed + counts.failed + counts.skipped) : "";
    const result = (ok === "not run" ? ok : ok ? "passed" : "FAILED").padEnd(6);
    console.log(
      `${title.padEnd(34)} ${ok === "not run" ? result : ok ? green(result) : red(result)} ${tests.padStart(8)} ${seconds(ms).padStart(8)}`,
    );
  }
  for (const failure of results.flatMap(({ counts }) => counts?.failures ?? []))
    console.log(red(`✗ ${failure}`));
  console.log(
    `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ""}`,
  );
  return total.failed === 0 && results.some(({ ok }) => ok === true) ? 0 : 1;
}
