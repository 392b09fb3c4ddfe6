#!/usr/bin/env node
// The command line that forge expects of a Solidity compiler, over the one that npm has (`solc`, WebAssembly): nothing is downloaded.
//   solc --version                                      prints the version
//   solc [--base-path P] [--allow-paths …] --standard-json   reads JSON from standard input, writes JSON
const { existsSync, readFileSync } = require("node:fs");
const { resolve } = require("node:path");

const args = process.argv.slice(2);
const at = args.indexOf("--base-path");
const base = (at < 0 ? undefined : args[at + 1]) ?? process.cwd();
if (args.includes("--version")) {
  // From the package file: loading the compiler takes 0.6 s, and forge asks each time.
  const { version } = require("solc/package.json");
  console.log(
    `solc, the solidity compiler commandline interface\nVersion: ${version}+commit.00000000.Emscripten.clang`,
  );
} else {
  process.stdout.write(require("solc").compile(readFileSync(0, "utf8"), { import: read }));
}

/** @param {string} path */
function read(path) {
  const file = [resolve(base, path), resolve("/", path)].find(existsSync);
  return file ? { contents: readFileSync(file, "utf8") } : { error: `File not found: ${path}` };
}
