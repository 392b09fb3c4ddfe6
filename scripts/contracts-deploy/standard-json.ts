import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { CONTRACTS } from "../contracts/forge.mjs";

const IMPORT = /^import\s[^;]*?"([^"]+)";/gm;
const setting = (text: string, name: string) =>
  new RegExp(`^${name}\\s*=\\s*"?([^"\\n#]+?)"?\\s*(?:#.*)?$`, "m").exec(text)?.[1];

/** What the compiler was given, in its own format, with every source in it: who gets this can compile it again. */
export type StandardJson = {
  language: "Solidity";
  sources: Record<string, { content: string }>;
  settings: Record<string, unknown>;
};

/**
 * @param source from the folder of the contracts, such as `src/StreamPay.sol`
 * @see https://docs.soliditylang.org/en/latest/using-the-compiler.html (input description)
 */
export function standardJson(source: string): StandardJson {
  const sources: StandardJson["sources"] = {};
  const open = [source];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (sources[name]) continue;
    const content = readFileSync(fileOf(name), "utf8").replaceAll("\r\n", "\n");
    sources[name] = { content };
    for (const [, path = ""] of content.matchAll(IMPORT))
      open.push(path.startsWith(".") ? posix.join(posix.dirname(name), path) : path);
  }
  const toml = readFileSync(join(CONTRACTS, "foundry.toml"), "utf8");
  return {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1))),
    settings: {
      optimizer: {
        enabled: setting(toml, "optimizer") === "true",
        runs: Number(setting(toml, "optimizer_runs")?.replaceAll("_", "")),
      },
      evmVersion: setting(toml, "evm_version"),
      viaIR: setting(toml, "via_ir") === "true",
      metadata: { bytecodeHash: setting(toml, "bytecode_hash") },
      outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
    },
  };
}

/** As explorers name it: v0.8.37+commit.… @returns the compiler's own long name */
export async function compilerVersion(): Promise<string> {
  const { default: solc } = (await import("solc")) as { default: { version(): string } };
  return `v${solc.version().replace(/\.Emscripten\.clang$/, "")}`;
}

/** Our own files are in the folder of the contracts, others in packages. */
function fileOf(name: string): string {
  return name.startsWith("src/") ? join(CONTRACTS, name) : createRequire(import.meta.url).resolve(name);
}
