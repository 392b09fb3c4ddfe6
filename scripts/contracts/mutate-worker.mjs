// Tries mutants one by one in a folder of its own, for mutate.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { compileContract } from "./compile.mjs";
import { runForge } from "./forge.mjs";

/** A mistake in a loop may never end. */
const TEST_TIMEOUT_MS = 300_000;
/** Few runs of each property: nearly every mistake falls to a plain test. The seed makes a result repeatable. */
const SHORT = {
  FOUNDRY_FUZZ_RUNS: "64",
  FOUNDRY_INVARIANT_RUNS: "8",
  FOUNDRY_INVARIANT_DEPTH: "48",
  FOUNDRY_FUZZ_SEED: "0x7",
};

/** @type {{ lane: string, contract: { name: string, source: string }, bytecode: string }} */
const { lane, contract, bytecode } = workerData;
parentPort?.on("message", async (mutant) => parentPort?.postMessage(await attempt(mutant)));

/** @param {import("./mutants.mjs").Mutant} mutant @returns {Promise<import("./mutate.mjs").Outcome>} */
async function attempt({ file, start, end, text }) {
  // From the copy: the work tree may change meanwhile.
  const bytes = readFileSync(join(lane, file));
  const mutated = Buffer.concat([
    bytes.subarray(0, start),
    Buffer.from(text),
    bytes.subarray(end),
  ]).toString();
  const made = compileContract(contract, (path) => {
    if (path === file) return mutated;
    return path.startsWith("src/") ? readFileSync(join(lane, path), "utf8") : undefined;
  });
  if (!made.bytecode) return "invalid";
  if (made.bytecode === bytecode) return "same";
  writeFileSync(
    join(lane, "mutants", `${contract.name}.json`),
    JSON.stringify({ bytecode: { object: `0x${made.bytecode}` } }),
  );
  // Invariants take longest: only what plain tests let live meets them.
  if (await fails(["--no-match-test", "^(invariant|statefulFuzz)"])) return "killed";
  return (await fails(["--match-test", "^(invariant|statefulFuzz)"])) ? "killed" : "survived";
}

/** @param {string[]} which @returns {Promise<boolean>} */
async function fails(which) {
  const args = ["test", "--match-contract", `^${contract.name}`, "--no-match-contract", "Gas$", ...which];
  const { code, output } = await runForge(args, {
    cwd: lane,
    environment: SHORT,
    signal: AbortSignal.timeout(TEST_TIMEOUT_MS),
  });
  if (code === 0) return false;
  if (code === -1 || output.includes("[FAIL")) return true;
  if (/No tests (found|match)/i.test(output)) return false;
  throw new Error(`forge said neither yes nor no:\n${output.slice(-2_000)}`);
}
