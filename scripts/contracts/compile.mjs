// The compiler inside this process: loaded once, a contract takes it a second, where forge starts it anew each time.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { CONTRACTS } from "./forge.mjs";

/**
 * @param {{ name: string, source: string }} contract
 * @param {object} [options]
 * @param {(path: string) => string | undefined} [options.replaced] other text for a file, by its path from the folder of the contracts
 * @param {boolean} [options.optimized] false: in a fifth of the time, to bytes that are not deployed
 * @param {boolean} [options.trees] whether asts are wanted, which take as long as the rest
 * @returns {{ bytecode: string, asts: Record<string, unknown>, errors: string[] }} bytecode "" when there are errors
 */
export function compileContract(
  { name, source },
  { replaced = () => undefined, optimized = true, trees = false } = {},
) {
  const { optimizer, ...others } = compilerSettings();
  const settings = {
    ...others,
    optimizer: { ...optimizer, enabled: optimizer.enabled && optimized },
    remappings: ["@openzeppelin/=../node_modules/@openzeppelin/"],
    outputSelection: {
      [source]: { [name]: ["evm.bytecode.object"] },
      ...(trees && { "*": { "": ["ast"] } }),
    },
  };
  /** @param {string} path */
  const read = (path) => replaced(path) ?? textOf(path);
  const input = { language: "Solidity", sources: { [source]: { content: read(source) } }, settings };
  const solc = createRequire(import.meta.url)("solc");
  /** @param {string} path */
  const found = (path) => {
    const contents = read(path);
    return contents === undefined ? { error: `File not found: ${path}` } : { contents };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: found }));
  /** @type {{ severity: string, formattedMessage: string }[]} */
  const messages = output.errors ?? [];
  return {
    bytecode: output.contracts?.[source]?.[name]?.evm.bytecode.object ?? "",
    asts: Object.fromEntries(
      Object.entries(output.sources ?? {}).map(([path, value]) => [path, /** @type {any} */ (value).ast]),
    ),
    errors: messages.filter((one) => one.severity === "error").map((one) => one.formattedMessage),
  };
}

/** @param {string} path @returns {string | undefined} */
function textOf(path) {
  const file = resolve(CONTRACTS, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** What foundry.toml says, so that the bytes are those that are deployed. */
function compilerSettings() {
  const text = readFileSync(join(CONTRACTS, "foundry.toml"), "utf8");
  /** @param {string} key */
  const value = (key) => new RegExp(`^${key}\\s*=\\s*"?([\\w]+)"?`, "m").exec(text)?.[1];
  return {
    optimizer: {
      enabled: value("optimizer") === "true",
      runs: Number(value("optimizer_runs")?.replaceAll("_", "")),
    },
    evmVersion: value("evm_version"),
    metadata: { bytecodeHash: value("bytecode_hash") },
  };
}
