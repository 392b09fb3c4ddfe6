// `npm run contracts:mutate [-- --only StreamPay] [--seconds 900] [--from 250] [--list]`: makes one small mistake after the other in a copy
// of the contracts and runs their tests: a mistake that no test notices is told with its line, and the program exits 1. A run that was
// bounded is gone on with --from: the order is the same each time.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { describeFailure, dim, green, Refusal, red, step } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { listContracts } from "./artefacts.mjs";
import { compileContract } from "./compile.mjs";
import { EQUIVALENT } from "./equivalent-mutants.mjs";
import { CONTRACTS, runForge } from "./forge.mjs";
import { KINDS, testMutant } from "./mutant-tests.mjs";
import { mutantsOf } from "./mutants.mjs";

/** @typedef {import("./mutants.mjs").Mutant} Mutant */
/** @typedef {"killed" | "survived" | "endless" | "same" | "invalid"} Outcome same: the compiler makes the same of it */

const option = (/** @type {string} */ name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const only = option("--only");
const from = Number(option("--from") ?? 0);
const deadlineMs = performance.now() + Number(option("--seconds") ?? 86_400) * 1_000;

const folder = mkdtempSync(join(tmpdir(), "superstream-mutants-"));
try {
  const contracts = listContracts().filter(
    ({ name, source }) => !source.startsWith("src/dev/") && (only === undefined || name === only),
  );
  if (contracts.length === 0) throw new Refusal(`There is no contract ${only}.`);
  let survivors = 0;
  for (const contract of contracts) survivors += await mutateContract(contract);
  process.exitCode = survivors ? 1 : 0;
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {{ name: string, source: string }} contract @returns {Promise<number>} survivors */
async function mutateContract(contract) {
  const { bytecode, asts, errors } = compileContract(contract, { trees: true });
  if (!bytecode) throw new Refusal(`${contract.name} does not compile:\n${errors.join("\n")}`);
  const all = Object.entries(asts)
    .filter(([file]) => file.startsWith("src/"))
    .flatMap(([file, ast]) =>
      mutantsOf(file, readFileSync(join(CONTRACTS, file), "utf8"), /** @type {any} */ (ast)),
    );
  // Spread over the sources, so that a bounded time tries a bit of everything.
  const queue = all
    .filter((mutant) => !isEquivalent(mutant))
    .map((mutant, index) => ({ mutant, place: (index * 7_919) % 1_009 }))
    .sort((a, b) => a.place - b.place)
    .map(({ mutant }) => mutant);
  console.log(
    `${contract.name}: ${queue.length} mutants, and ${all.length - queue.length} known to be equivalent.`,
  );
  if (process.argv.includes("--list")) {
    for (const [index, mutant] of queue.entries()) console.log(`${index} ${tell(mutant)}`);
    return 0;
  }

  const first = await step("Tests without a mistake", () => prepare(contract, bytecode));
  const lanes = [first, ...copies(first, Math.min(availableParallelism(), 2) - 1)];
  /** @type {Record<Outcome, number>} */
  const counts = { killed: 0, survived: 0, endless: 0, same: 0, invalid: 0 };
  let next = from;
  await Promise.all(
    lanes.map(async (lane) => {
      const worker = new Worker(new URL("./mutate-worker.mjs", import.meta.url), {
        workerData: { lane, contract, bytecode },
      });
      while (performance.now() < deadlineMs) {
        const index = next++;
        const mutant = queue[index];
        if (!mutant) break;
        const outcome = await outcomeOf(worker, mutant);
        ++counts[outcome];
        if (outcome === "survived" || outcome === "endless")
          console.log(`${red(outcome)} ${index} ${tell(mutant)}`);
        if (index % 25 === 24) console.log(dim(`${index + 1} of ${queue.length}`));
      }
      await worker.terminate();
    }),
  );
  const { killed, survived, endless, same, invalid } = counts;
  const living = survived + endless;
  const left =
    next < queue.length ? `, ${queue.length - next} not tried in the time: go on with --from ${next}` : "";
  console.log(
    (living ? red : green)(`${contract.name}: ${killed} of ${killed + living} mutants killed${left}.`),
  );
  console.log(dim(`${same} are the same program to the compiler, ${invalid} are none.`));
  return living;
}

/**
 * A copy of the contracts whose tests deploy what is in `mutants/`, compiled once and checked to pass.
 * @param {{ name: string, source: string }} contract @param {string} bytecode @returns {Promise<string>} its folder
 */
async function prepare(contract, bytecode) {
  const { name } = contract;
  const lane = join(folder, name, "0", "contracts");
  mkdirSync(join(lane, "mutants"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(lane, "..", "node_modules"), "dir");
  for (const part of ["src", "test", "bin", ".superfluid"]) {
    const from = join(CONTRACTS, part);
    // Of the tests only this contract's: the compiler takes minutes for all.
    const filter = (/** @type {string} */ file) =>
      !file.endsWith(".t.sol") || basename(file).startsWith(name);
    if (existsSync(from)) cpSync(from, join(lane, part), { recursive: true, filter });
  }
  const settings = readFileSync(join(CONTRACTS, "foundry.toml"), "utf8");
  writeFileSync(
    join(lane, "foundry.toml"),
    settings
      .replace("fs_permissions = [", 'fs_permissions = [{ access = "read", path = "./mutants" }, ')
      .replace("optimizer = true", "optimizer = false"), // Of the tests: mutants come compiled.
  );
  deployFromFile(join(lane, "test"), name);
  const { code, output } = await runForge(["build"], { cwd: lane });
  if (code !== 0) throw new Refusal(`The tests of ${name} do not compile:\n${output.slice(-4_000)}`);
  const plain = compileContract(contract, { optimized: false }).bytecode;
  await assertPass(lane, name, plain, "unit");
  for (const kind of /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS)))
    await assertPass(lane, name, bytecode, kind);
  return lane;
}

/** @param {string} lane @param {string} name @param {string} bytecode @param {keyof typeof KINDS} kind */
async function assertPass(lane, name, bytecode, kind) {
  const { verdict, output } = await testMutant(lane, name, bytecode, kind);
  if (verdict === "pass") return;
  throw new Refusal(`The ${kind} tests of ${name} do not pass without a mistake:\n${output.slice(-4_000)}`);
}

/** @param {string} tests @param {string} name */
function deployFromFile(tests, name) {
  const creation = new RegExp(`new ${name}\\(((?:[^()]|\\([^()]*\\))*)\\)`, "g");
  for (const file of readdirSync(tests, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".sol")) continue;
    const path = join(tests, file);
    const text = readFileSync(path, "utf8");
    const deployed = `${name}(payable(vm.deployCode("mutants/${name}.json", abi.encode($1))))`;
    writeFileSync(path, text.replace(creation, deployed));
  }
}

/** @param {string} lane @param {number} count */
function copies(lane, count) {
  return Array.from({ length: count }, (_, index) => {
    const copy = join(lane, "..", "..", String(index + 1), "contracts");
    mkdirSync(join(copy, ".."), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "..", "node_modules"), "dir");
    cpSync(lane, copy, { recursive: true, preserveTimestamps: true });
    return copy;
  });
}

/** @param {Worker} worker @param {Mutant} mutant @returns {Promise<Outcome>} */
function outcomeOf(worker, mutant) {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (outcome) => {
      worker.off("error", reject);
      resolve(outcome);
    });
    worker.postMessage(mutant);
  });
}

/** @param {Mutant} mutant */
function isEquivalent(mutant) {
  return EQUIVALENT.some(
    ({ file, within, before, text, column = mutant.column }) =>
      file === mutant.file &&
      column === mutant.column &&
      within === mutant.within &&
      before === flat(mutant.before) &&
      text === flat(mutant.text),
  );
}

/** @param {Mutant} mutant */
function tell({ file, line, column, before, text, kind }) {
  return `contracts/${file}:${line}:${column} ${kind}: ${flat(before)} → ${flat(text) || "(nothing)"}`;
}

/** @param {string} text */
function flat(text) {
  return text.replace(/\s+/g, " ").trim();
}
