import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runForge } from "./forge.mjs";

/** A mistake in a loop may never end. Of the clock: on a busy machine invariants take minutes. */
const TIMEOUT_MS = 900_000;
/** Few runs of each property: nearly every mistake falls to a plain test. The seed makes a result repeatable. */
const SHORT = {
  FOUNDRY_FUZZ_RUNS: "64",
  FOUNDRY_INVARIANT_RUNS: "8",
  FOUNDRY_INVARIANT_DEPTH: "48",
  FOUNDRY_FUZZ_SEED: "0x7",
};

/** From the cheapest to the dearest: only what lives through one kind meets the next. Together they are all tests but those of gas. */
export const KINDS = {
  unit: ["--no-match-test", "^(invariant|statefulFuzz|testFuzz)"],
  fuzz: ["--match-test", "^testFuzz"],
  invariant: ["--match-test", "^(invariant|statefulFuzz)"],
};

/** @typedef {"pass" | "fail" | "endless"} Verdict endless: no answer in 15 minutes, which says nothing */

/**
 * Runs one kind of the tests of a contract on some bytecode. Those of gas are left out: any change of the code changes it.
 * @param {string} lane folder of a copy of the contracts whose tests deploy what is in `mutants/`
 * @param {string} name of the contract
 * @param {string} bytecode of its creation, hex without 0x
 * @param {keyof typeof KINDS} kind
 * @returns {Promise<{ verdict: Verdict, output: string }>}
 * @throws Error when forge could not run them
 */
export async function testMutant(lane, name, bytecode, kind) {
  writeFileSync(
    join(lane, "mutants", `${name}.json`),
    JSON.stringify({ bytecode: { object: `0x${bytecode}` } }),
  );
  const args = ["test", "--match-contract", `^${name}`, "--no-match-contract", "Gas$", ...KINDS[kind]];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { code, output } = await runForge(args, { cwd: lane, environment: SHORT, signal });
  if (signal.aborted) return { verdict: "endless", output };
  if (output.includes("[FAIL")) return { verdict: "fail", output };
  if (code === 0 && / [1-9]\d* tests passed/.test(output)) return { verdict: "pass", output };
  throw new Error(`forge said neither yes nor no:\n${output.slice(-2_000)}`);
}
