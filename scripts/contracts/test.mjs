// `npm run contracts:test [-- <arguments of forge test>]`: the contracts' tests; without arguments also whether committed artefacts,
// storage layouts and gas figures are what the sources give. FOUNDRY_PROFILE=long runs each property 10,000 times.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeFailure, Refusal, step } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { CONTRACTS, needForge, runForge } from "./forge.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** The last line that forge prints. */
const SUMMARY = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/;

/** Of its own, so that other runs of forge beside it change nothing here. */
const FOLDER = ["--out", "cache/test", "--cache-path", "cache/test/cache"];

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));

/** @param {string[]} args `--report <file>` writes the counts there as JSON, and shows only what failed */
async function main(args) {
  const at = args.indexOf("--report");
  const file = at < 0 ? undefined : args.splice(at, 2)[1];
  try {
    needForge();
    await step("Superfluid for the tests", () =>
      node("--import", "./scripts/register-ts.mjs", "scripts/devnet/make-allocs.ts"),
    );
    if (args.length === 0) await node("scripts/contracts/build.mjs", "--check");
    await step("Tests compiled", compile);
    const { counts, code, output } = await forgeTest(args, file !== undefined);
    if (args.length === 0) assertAllRan(output);
    if (file) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(counts));
    }
    process.exitCode = code === 0 ? 0 : 1;
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}

/** All of it, before any filter: what a filtered run leaves in its folder is not whole, and forge passes over it without a word. */
async function compile() {
  const { code, output } = await runForge(["build", ...FOLDER]);
  if (code !== 0) throw new Refusal(`The tests do not compile:\n${output}`);
}

/** @param {string} output of forge test @throws Refusal naming the files of which no test ran */
function assertAllRan(output) {
  const files = readdirSync(join(CONTRACTS, "test"), { recursive: true, encoding: "utf8" })
    .map((file) => `test/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".t.sol"));
  const missing = files.filter((file) => !output.includes(` for ${file}:`));
  if (missing.length) throw new Refusal(`forge has run no test of ${missing.join(", ")}.`);
}

/** @param {string[]} args @param {boolean} brief @returns {Promise<{ counts: Counts, code: number, output: string }>} */
async function forgeTest(args, brief) {
  const { code, output } = await runForge(["test", ...FOLDER, ...args], {
    // Gas that differs from contracts/snapshots fails; `contracts:gas` writes them anew.
    environment: { FORGE_SNAPSHOT_CHECK: "true" },
    onLine: (line) => (brief && line.startsWith("[PASS]")) || console.log(line),
  });
  return { counts: countTests(output), code, output };
}

/** @param {string} output of forge test @returns {Counts} @throws Refusal when it does not say: nothing ran */
export function countTests(output) {
  const found = SUMMARY.exec(output);
  if (!found) throw new Refusal("forge has run no test.");
  const [, passed, failed, skipped] = found;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}

/** @param {string[]} args */
async function node(...args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Refusal(`${args.at(-1)} failed.`);
}
