// What `npm start` and `npm test` do first. Runs before `npm ci`: nothing here may need a package.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interruption } from "./interruption.mjs";
import { Refusal, step } from "./report.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * Checks Node, reads `.env`, and brings packages and generated code up to date. Quick when nothing changed.
 * @param {{ ownSettings: boolean }} options false leaves `.env` alone: tests must not depend on it
 */
export async function setUp({ ownSettings }) {
  process.chdir(ROOT);
  checkNode();
  if (ownSettings && existsSync(".env")) process.loadEnvFile(".env");
  // Nothing here reports home.
  Object.assign(process.env, {
    NEXT_TELEMETRY_DISABLED: "1",
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
  });
  await step("Install packages (npm ci)", install);
  await step("Generate the database client", generate);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Refusal(`Superstream needs Node 20.19 or newer; this is ${process.version}.`);
}

async function install() {
  if (isInstalled()) return "skipped";
  // Development packages are needed whatever NODE_ENV says: the build and Prisma's stand-in engine use them.
  await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
}

/** Whether node_modules holds what the lock file says, by npm's own record of what it installed. */
function isInstalled() {
  const record = join("node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  /** @type {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || (present[path] ? present[path].version === version : optional || devOptional),
  );
}

async function generate() {
  const inputs = hashOf(["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"]);
  const stamp = "lib/db/generated/.inputs";
  if (existsSync("lib/db/generated/client.ts") && isStamped(stamp, inputs)) return "skipped";
  await run(process.execPath, ["node_modules/prisma/build/index.js", "generate"]);
  writeFileSync(stamp, inputs);
}

/** Everything that `next build` reads. Tests are left out: editing one needs no new build. */
const BUILD_INPUTS = [
  ...["app", "components", "lib", "public", "contracts-abi", "prisma/schema.prisma"],
  ...["proxy.ts", "instrumentation.ts", "instrumentation-node.ts"],
  ...["next.config.mjs", "postcss.config.mjs", "tsconfig.json", "package-lock.json"],
];

/** Builds the site, unless the last build was made from the same files. @returns {Promise<"skipped" | void>} */
export async function build() {
  const inputs = hashOf(BUILD_INPUTS);
  const stamp = ".next/inputs";
  if (existsSync(".next/BUILD_ID") && isStamped(stamp, inputs)) return "skipped";
  // Types that an earlier `npm run dev` wrote of routes that are gone since would fail the build.
  rmSync(".next/dev/types", { recursive: true, force: true });
  await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    NODE_ENV: "production",
    BUILD_TYPE_CHECK: "off",
  });
  writeFileSync(stamp, inputs);
}

/** Whether the file `stamp` says that its work was done from these inputs. @param {string} stamp @param {string} inputs */
export function isStamped(stamp, inputs) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === inputs;
}

/** @param {string[]} paths files or folders; a missing one counts as empty @returns {string} */
export function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap(filesUnder)) hash.update(path).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  const entries = readDirectory(path);
  if (!entries) return [path];
  return entries
    .filter(({ name }) => name !== "generated" && !/\.test(-d)?\.tsx?$/.test(name))
    .map(({ name }) => join(path, name))
    .sort()
    .flatMap(filesUnder);
}

/** @param {string} path */
function readDirectory(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return null; // A file.
  }
}

/**
 * Runs a program to its end. Its output is shown only when it fails: what a newcomer must read should be short.
 *
 * @param {string} command @param {string[]} args @param {Environment} [environment]
 * @returns {Promise<string>} what it wrote
 */
export function run(command, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      signal: interruption,
      shell: process.platform === "win32" && command === "npm", // npm is a .cmd there.
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part) => {
        output += part;
      });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Refusal(`${output.trim()}\n\n\`${[command, ...args].join(" ")}\` failed (${signal ?? code}).`),
        );
    });
  });
}
