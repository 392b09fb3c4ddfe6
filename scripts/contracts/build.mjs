// `npm run contracts:build [-- <contract> …]`: compiles the contracts, or the named ones, and writes contracts-abi. With `--check`
// it writes nothing and exits 1 when a file is not what the sources give.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeFailure, Refusal, step } from "../report.mjs";
import { listContracts, renderArtefacts } from "./artefacts.mjs";
import { CONTRACTS, runForge } from "./forge.mjs";

const ARTEFACTS = fileURLToPath(new URL("../../contracts-abi/", import.meta.url));

const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
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

async function compile() {
  const paths = chosen.map(({ source }) => source);
  const { code, output } = await runForge(["build", ...paths]);
  if (code !== 0) throw new Refusal(`forge build failed:\n${output}`);
}

/** @returns {Map<string, string>} file name → text */
function readCompiled() {
  const files = chosen.flatMap((contract) => {
    const file = contract.source.slice(contract.source.lastIndexOf("/") + 1);
    const compiled = JSON.parse(readFileSync(join(CONTRACTS, "out", file, `${contract.name}.json`), "utf8"));
    return Object.entries(renderArtefacts(contract, compiled));
  });
  return new Map(files);
}

/** @param {Map<string, string>} wanted */
function write(wanted) {
  mkdirSync(ARTEFACTS, { recursive: true });
  for (const file of foreign(wanted)) rmSync(join(ARTEFACTS, file));
  for (const [file, text] of wanted) writeFileSync(join(ARTEFACTS, file), text);
  console.log(`${wanted.size} files in contracts-abi.`);
}

/** @param {Map<string, string>} wanted */
function check(wanted) {
  const stale = [...wanted].filter(([file, text]) => {
    const path = join(ARTEFACTS, file);
    return !existsSync(path) || readFileSync(path, "utf8") !== text;
  });
  const wrong = [...stale.map(([file]) => file), ...foreign(wanted)];
  if (wrong.length)
    throw new Refusal(`Not what the sources give: ${wrong.join(", ")}. Run npm run contracts:build.`);
  console.log(`${wanted.size} files in contracts-abi are what the sources give.`);
}

/** Files that a contract left behind which is gone. Others in the folder are not ours. @param {Map<string, string>} wanted */
function foreign(wanted) {
  if (names.length || !existsSync(ARTEFACTS)) return [];
  return readdirSync(ARTEFACTS).filter(
    (file) =>
      !wanted.has(file) &&
      readFileSync(join(ARTEFACTS, file), "utf8").includes("by npm run contracts:build."),
  );
}
