// `npm run contracts:test [-- <arguments of forge test>]`: the contracts' tests; without arguments also whether committed artefacts,
// storage layouts and gas figures are what the sources give. FOUNDRY_PROFILE=long runs each property 10,000 times.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeFailure, Refusal, step } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { needForge, runForge } from "./forge.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** The last line that forge prints. */
const SUMMARY = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/;

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
    const { counts, code } = await forgeTest(args, file !== undefined);
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

/** @param {string[]} args @param {boolean} brief @returns {Promise<{ counts: Counts, code: number }>} */
async function forgeTest(args, brief) {
  const { code, output } = await runForge(["test", ...args], {
    // Gas that differs from contracts/snapshots fails; `contracts:gas` writes them anew.
    environment: { FORGE_SNAPSHOT_CHECK: "true" },
    onLine: (line) => (brief && line.startsWith("[PASS]")) || console.log(line),
  });
  return { counts: countTests(output), code };
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
