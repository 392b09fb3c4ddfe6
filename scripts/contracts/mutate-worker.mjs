// Tries mutants one by one in a folder of its own, for mutate.mjs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { compileContract } from "./compile.mjs";
import { KINDS, testMutant } from "./mutant-tests.mjs";

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
  /** @param {string} path */
  const replaced = (path) => {
    if (path === file) return mutated;
    return path.startsWith("src/") ? readFileSync(join(lane, path), "utf8") : undefined;
  };

  // Optimizing takes five times as long as all else of the compiler, and changes no meaning: most mistakes die without it.
  const plain = compileContract(contract, { replaced, optimized: false }).bytecode;
  if (plain) {
    const { verdict } = await testMutant(lane, contract.name, plain, "unit");
    if (verdict === "fail") return "killed";
  }
  const made = compileContract(contract, { replaced }).bytecode;
  if (!made) return "invalid";
  if (made === bytecode) return "same";
  for (const kind of /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS))) {
    const { verdict } = await testMutant(lane, contract.name, made, kind);
    if (verdict === "fail") return "killed";
    if (verdict === "endless") return "endless";
  }
  return "survived";
}
