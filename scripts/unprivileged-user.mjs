import { spawnSync } from "node:child_process";
import { chownSync, lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The user the database runs as when root starts it: no account has this number, so nobody else owns its files.
 * 60706–61183 is kept free by systemd's table of user ids, and lies below 65536 as containers need.
 */
const OWN_ID = 60_999;

/** PostgreSQL refuses to run as root. @returns {boolean} */
export function startedByRoot() {
  return process.getuid?.() === 0;
}

/**
 * How to spawn a PostgreSQL program: as it is, or as another user when we are root.
 *
 * @param {string} program absolute path
 * @param {string[]} args
 * @param {{ dataPath: string, named?: boolean }} needs `dataPath` is what it must reach; `named`: the user must have an
 *   account, which initdb looks up and the server does not
 * @returns {{ command: string, args: string[], uid?: number, gid?: number }}
 */
export function asUnprivileged(program, args, { dataPath, named = false }) {
  if (!startedByRoot()) return { command: program, args };

  const id = named ? nobody() : statSync(dataPath).uid || OWN_ID;
  if (reachableByAll(dirname(program)) && reachableByAll(dirname(dataPath)))
    return { command: program, args, uid: id, gid: id };

  // A project under /root: nobody else may pass. One capability lets this one program through, and root keeps its modes.
  const through = [
    `--reuid=${id}`,
    `--regid=${id}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--",
  ];
  if (spawnSync("setpriv", [...through, program, "--version"], { stdio: "ignore" }).status === 0)
    return { command: "setpriv", args: [...through, program, ...args] };

  throw new Error(
    `PostgreSQL refuses to run as root, and other users cannot enter ${firstClosed(program, dataPath)}. ` +
      "Start as an ordinary user, move the project or DATA_DIR to where others may pass (chmod o+x), or set DATABASE_URL.",
  );
}

/**
 * Gives a folder and all in it to the user that `asUnprivileged` picks. Does nothing unless we are root.
 * @param {string} path @param {{ named?: boolean }} [options]
 */
export function giveAway(path, { named = false } = {}) {
  if (startedByRoot()) chownTree(path, named ? nobody() : OWN_ID);
}

/** @param {string} path @param {number} id */
function chownTree(path, id) {
  chownSync(path, id, id);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) chownTree(child, id);
    else if (lstatSync(child).isFile()) chownSync(child, id, id);
  }
}

/** The account without rights that every Unix has. */
function nobody() {
  const id = Number(spawnSync("id", ["-u", "nobody"], { encoding: "utf8" }).stdout);
  if (!Number.isInteger(id) || id === 0)
    throw new Error("PostgreSQL refuses to run as root, and there is no account `nobody`: set DATABASE_URL.");
  return id;
}

/** @param {string} folder */
function reachableByAll(folder) {
  return closedFolder(folder) === null;
}

/** @param {...string} paths */
function firstClosed(...paths) {
  return paths.map((path) => closedFolder(dirname(path))).find((closed) => closed !== null) ?? "its folders";
}

/** The first folder on the way up that other users may not pass, or null. @param {string} folder */
function closedFolder(folder) {
  for (let path = realpathSync(folder); ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return path;
    if (path === dirname(path)) return null;
  }
}
