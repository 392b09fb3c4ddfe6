// What the app needs of a contract: its ABI and, in a file of its own so that browsers never load it, its bytecode.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { CONTRACTS } from "./forge.mjs";

/** Settings of foundry.toml that change the bytes. */
const COMPILER_SETTINGS = /^(evm_version|optimizer|optimizer_runs|bytecode_hash|via_ir)\s*=.*$/gm;
const IMPORT = /^import\s[^;]*?"([^"]+)";/gm;

/**
 * The contracts that may get artefacts: each file right in `src` and `src/dev` is named after its one contract.
 * Folders below hold parts of them.
 * @returns {{ name: string, source: string }[]} source from the folder of the contracts
 */
export function listContracts() {
  return ["src", "src/dev"].flatMap((folder) =>
    readdirSync(join(CONTRACTS, folder))
      .filter((file) => file.endsWith(".sol"))
      .sort()
      .map((file) => ({ name: file.slice(0, -".sol".length), source: `${folder}/${file}` })),
  );
}

/**
 * Stands for everything that decides what the compiler makes of a contract: its source and what that imports,
 * the settings, and the versions of the compiler and of OpenZeppelin. Cheap, so that every test run can compare it.
 * @param {string} source from the folder of the contracts
 * @returns {string} hex
 */
export function fingerprint(source) {
  const hash = createHash("sha256");
  for (const file of withImports(source)) {
    // A checkout on Windows may have other line ends.
    const text = readFileSync(join(CONTRACTS, file), "utf8").replaceAll("\r\n", "\n");
    hash.update(`${file}\0${text}\0`);
  }
  const settings = readFileSync(join(CONTRACTS, "foundry.toml"), "utf8").match(COMPILER_SETTINGS);
  hash.update((settings ?? []).join("\n"));
  const require = createRequire(import.meta.url);
  for (const name of ["solc", "@openzeppelin/contracts"])
    hash.update(`\0${name}@${require(`${name}/package.json`).version}`);
  return hash.digest("hex");
}

/** @param {string} first @returns {string[]} our own files, sorted; packages are pinned by their version */
function withImports(first) {
  const seen = new Set([first]);
  for (const file of seen) {
    const text = readFileSync(join(CONTRACTS, file), "utf8");
    for (const [, path = ""] of text.matchAll(IMPORT))
      if (path.startsWith("."))
        seen.add(relative(CONTRACTS, join(CONTRACTS, dirname(file), path)).replaceAll("\\", "/"));
  }
  return [...seen].sort();
}

/**
 * @param {{ name: string, source: string }} contract
 * @param {{ abi: unknown[], bytecode: { object: string } }} compiled what forge wrote
 * @returns {Record<string, string>} file name → text; empty for what cannot be deployed alone
 */
export function renderArtefacts({ name, source }, { abi, bytecode }) {
  if (bytecode.object === "0x") return {};
  const origin = `// From contracts/${source}, by npm run contracts:build.\n// Sources: sha256 ${fingerprint(source)}\n`;
  const entries = abi.map((entry) => `  ${JSON.stringify(entry)},\n`).join("");
  if (!/^0x(?:[0-9a-f]{2})+$/.test(bytecode.object)) throw new Error(`${name} has no complete bytecode.`);
  return {
    [`${kebab(name)}.ts`]: `${origin}export const ${camel(name)}Abi = [\n${entries}] as const;\n`,
    [`${kebab(name)}-bytecode.ts`]: `${origin}export const ${camel(name)}Bytecode =\n  "${bytecode.object}" as const;\n`,
  };
}

/** StreamPay → stream-pay, TestUSDC → test-usdc. @param {string} name */
export function kebab(name) {
  return words(name).join("-");
}

/** StreamPay → streamPay, TestUSDC → testUsdc. @param {string} name */
function camel(name) {
  return words(name)
    .map((word, index) => (index ? word.charAt(0).toUpperCase() + word.slice(1) : word))
    .join("");
}

/** @param {string} name */
function words(name) {
  return name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).map((word) => word.toLowerCase());
}
