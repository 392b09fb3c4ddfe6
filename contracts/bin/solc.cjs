#!/usr/bin/env node
// The command line that forge expects of a Solidity compiler, over the one that npm has (`solc`, WebAssembly): nothing is downloaded.
//   solc --version                                      prints the version
//   solc [--base-path P] [--allow-paths …] --standard-json   reads JSON from standard input, writes JSON
const { createHash } = require("node:crypto");
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { join, resolve } = require("node:path");

/** Answers by question: `forge test` asks the same of unchanged sources each time, which takes 4 s. Git-ignored. */
const ANSWERS = join(__dirname, "..", "cache", "solc");
const MOST_ANSWERS = 30;

const args = process.argv.slice(2);
// From the package file: loading the compiler takes 0.6 s, and forge asks each time.
const { version } = require("solc/package.json");
if (args.includes("--version"))
  console.log(
    `solc, the solidity compiler commandline interface\nVersion: ${version}+commit.00000000.Emscripten.clang`,
  );
else process.stdout.write(answer(readFileSync(0, "utf8")));

/** @param {string} question */
function answer(question) {
  const file = join(ANSWERS, `${hashOf(`${version}\0${process.cwd()}\0${question}`)}.json`);
  if (existsSync(file)) {
    const { read, answered } = JSON.parse(readFileSync(file, "utf8"));
    // What the compiler read by itself must still be the same.
    if (Object.entries(read).every(([path, hash]) => hashOfFile(path) === hash)) return answered;
  }

  /** @type {Record<string, string | null>} */
  const read = {};
  const at = args.indexOf("--base-path");
  const base = at < 0 ? process.cwd() : args[at + 1];
  const answered = require("solc").compile(question, {
    /** @param {string} path */
    import(path) {
      const places = [resolve(base, path), resolve("/", path)];
      for (const place of places) read[place] = hashOfFile(place);
      const found = places.find(existsSync);
      return found ? { contents: readFileSync(found, "utf8") } : { error: `File not found: ${path}` };
    },
  });
  keep(file, JSON.stringify({ read, answered }));
  return answered;
}

/** @param {string} text */
function hashOf(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @param {string} file @returns {string | null} null when it is not there */
function hashOfFile(file) {
  return existsSync(file) ? hashOf(readFileSync(file, "utf8")) : null;
}

/** @param {string} file @param {string} text */
function keep(file, text) {
  mkdirSync(ANSWERS, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
  const byAge = readdirSync(ANSWERS)
    .map((name) => ({ name, ms: statSync(join(ANSWERS, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.ms - a.ms);
  for (const { name } of byAge.slice(MOST_ANSWERS)) rmSync(join(ANSWERS, name), { force: true });
}
