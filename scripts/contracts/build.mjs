// `npm run contracts:build [-- <contract> …]`: compiles the contracts, or the named ones, and writes contracts-abi and the storage
// layouts (contracts/snapshots/layout-*.txt). With `--check` it writes nothing and exits 1 when a file is not what the sources give.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeFailure, Refusal, step } from "../report.mjs";
import { kebab, listContracts, renderArtefacts } from "./artefacts.mjs";
import { CONTRACTS, runForge } from "./forge.mjs";
import { renderLayout } from "./layout.mjs";

const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ARTEFACTS = "contracts-abi";
/** From the folder of the contracts. */
const OUT = names.length ? "cache/build-some" : "cache/build";
const LAYOUTS = "contracts/snapshots";

const all = listContracts();
const chosen = names.length ? all.filter(({ name }) => names.includes(name)) : all;

try {
  const unknown = names.filter((name) => !all.some((contract) => contract.name === name));
  if (unknown.length) throw new Refusal(`There is no contract ${unknown.join(", ")}.`);
  await step("Contracts compiled", compile);
  const wanted = readCompiled();
  if (process.argv.includes("--check")) check(wanted);
  else write(wanted);
} catch (error) {
  console.error(describeFailure(error));
  process.exit(1);
}

/** Into a folder of its own: what tests leave in `out` is not always whole, and forge does not notice. */
async function compile() {
  const paths = names.length ? [...chosen.map(({ source }) => source), "--force"] : ["--skip", "test"];
  const { code, output } = await runForge(["build", ...paths, "--out", OUT, "--cache-path", `${OUT}/cache`]);
  if (code !== 0) throw new Refusal(`forge build failed:\n${output}`);
}

/** @returns {Map<string, string>} path from the root → text */
function readCompiled() {
  const files = chosen.flatMap((contract) => {
    const file = contract.source.slice(contract.source.lastIndexOf("/") + 1);
    const compiled = JSON.parse(readFileSync(join(CONTRACTS, OUT, file, `${contract.name}.json`), "utf8"));
    const artefacts = Object.entries(renderArtefacts(contract, compiled));
    if (artefacts.length === 0) return [];
    const layout = renderLayout(contract.name, compiled.storageLayout);
    return [
      ...artefacts.map(([name, text]) => [`${ARTEFACTS}/${name}`, text]),
      [`${LAYOUTS}/layout-${kebab(contract.name)}.txt`, layout],
    ];
  });
  return new Map(files);
}

/** @param {Map<string, string>} wanted */
function write(wanted) {
  for (const folder of [ARTEFACTS, LAYOUTS]) mkdirSync(join(ROOT, folder), { recursive: true });
  for (const file of foreign(wanted)) rmSync(join(ROOT, file));
  for (const [file, text] of wanted) writeFileSync(join(ROOT, file), text);
  console.log(`${wanted.size} files in ${ARTEFACTS} and ${LAYOUTS}.`);
}

/** @param {Map<string, string>} wanted */
function check(wanted) {
  const stale = [...wanted].filter(([file, text]) => {
    const path = join(ROOT, file);
    return !existsSync(path) || readFileSync(path, "utf8") !== text;
  });
  const wrong = [...stale.map(([file]) => file), ...foreign(wanted)];
  if (wrong.length)
    throw new Refusal(`Not what the sources give: ${wrong.join(", ")}. Run npm run contracts:build.`);
  console.log(`${wanted.size} files in ${ARTEFACTS} and ${LAYOUTS} are what the sources give.`);
}

/** Files that a contract left behind which is gone. Others in these folders are not ours. @param {Map<string, string>} wanted */
function foreign(wanted) {
  if (names.length) return [];
  const artefacts = readdirSync(join(ROOT, ARTEFACTS))
    .map((file) => `${ARTEFACTS}/${file}`)
    .filter((file) => readFileSync(join(ROOT, file), "utf8").includes("by npm run contracts:build."));
  const layouts = readdirSync(join(ROOT, LAYOUTS))
    .filter((file) => file.startsWith("layout-"))
    .map((file) => `${LAYOUTS}/${file}`);
  return [...artefacts, ...layouts].filter((file) => !wanted.has(file));
}
