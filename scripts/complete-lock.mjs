// Run after each `npm install` (`node scripts/complete-lock.mjs`). A registry that mirrors only some platforms' builds of
// native packages makes npm drop the others from package-lock.json; `npm ci` then refuses the file, and other platforms get
// no binary. The missing entries follow from what is there: a parent names its builds with exact versions.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Words in package names, and what npm calls them. */
const SYSTEMS = {
  darwin: "darwin",
  win32: "win32",
  windows: "win32",
  linux: "linux",
  linuxmusl: "linux",
  android: "android",
  freebsd: "freebsd",
  openbsd: "openbsd",
  netbsd: "netbsd",
  sunos: "sunos",
  aix: "aix",
  openharmony: "openharmony",
};
const PROCESSORS = {
  arm64: "arm64",
  x64: "x64",
  amd64: "x64",
  ia32: "ia32",
  i686: "ia32",
  x86: "ia32",
  arm: "arm",
  armv7: "arm",
  arm32: "arm",
  riscv64: "riscv64",
  ppc64: "ppc64",
  s390x: "s390x",
  loong64: "loong64",
  mips64el: "mips64el",
  wasm32: "wasm32",
};

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 */

/**
 * @param {Record<string, Entry>} packages of a lock file, by path
 * @returns {Record<string, Entry>} the same with the entries that are missing, in npm's order
 */
export function completePackages(packages) {
  const completed = { ...packages };
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const top = `node_modules/${name}`;
      const version = /^\^?(\d+\.\d+\.\d+[^\s|]*)$/.exec(range)?.[1];
      if (completed[top] || completed[`${path}/${top}`] || !version) continue;
      const platform = platformOf(name);
      if (platform) completed[top] = { version, ...(dev ? { dev } : {}), optional: true, ...platform };
    }
  }
  return Object.fromEntries(Object.entries(completed).sort(([a], [b]) => a.localeCompare(b, "en")));
}

/** @param {string} name such as `@biomejs/cli-darwin-arm64` @returns {Pick<Entry, "os" | "cpu"> | null} null when it names none */
function platformOf(name) {
  const words = (name.split("/").at(-1) ?? "").split(/[-_]/);
  const os = words.map((word) => SYSTEMS[/** @type {keyof typeof SYSTEMS} */ (word)]).find(Boolean);
  const cpu =
    words.map((word) => PROCESSORS[/** @type {keyof typeof PROCESSORS} */ (word)]).find(Boolean) ??
    (words.some((word) => word.startsWith("arm")) ? "arm" : undefined);
  if (!os && cpu !== "wasm32") return null;
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(path, "utf8"));
  const packages = completePackages(lock.packages);
  const added = Object.keys(packages).length - Object.keys(lock.packages).length;
  writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(
    added
      ? `package-lock.json: added ${added} packages of other platforms.`
      : "package-lock.json is complete.",
  );
}
