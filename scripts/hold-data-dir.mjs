import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Somebody else uses this DATA_DIR. The message says who, and how to reach it. */
export class DataDirHeld extends Error {
  /**
   * @param {string} dataDir
   * @param {Holder} holder
   */
  constructor(dataDir, holder) {
    super(
      `${dataDir} is in use by process ${holder.pid} (${holder.what}, since ${holder.since})` +
        `${holder.url ? `, which serves ${holder.url}` : ""}. Stop it, or choose another DATA_DIR.`,
    );
    this.name = "DataDirHeld";
    this.holder = holder;
  }
}

/** @typedef {{ pid: number, born: string | null, what: string, since: string, url: string | null }} Holder */

/**
 * Takes a data directory for this process, until `release` or death. One left by a process that died is taken over.
 *
 * @param {string} dataDir made when it does not exist
 * @param {string} what shown to whoever comes second, such as "npm start"
 * @throws DataDirHeld when a living process has it
 */
export function holdDataDir(dataDir, what) {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, "holder.json");
  /** @type {Holder} */
  const me = {
    pid: process.pid,
    born: birthOf(process.pid),
    what,
    since: new Date().toISOString(),
    url: null,
  };
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(me));
  try {
    // A hard link fails when the name exists and never shows half a file: of two starters, one wins.
    while (!tryLink(aside, path)) {
      const holder = readHolder(path);
      if (holder && isAlive(holder)) throw new DataDirHeld(dataDir, holder);
      setAside(path, holder);
    }
  } finally {
    rmSync(aside, { force: true });
  }

  return {
    /** @param {string} url where people reach what runs here */
    announce(url) {
      writeFileSync(aside, JSON.stringify({ ...me, url }));
      renameSync(aside, path);
    },
    release() {
      if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}

/** @param {string} dataDir @returns {Holder | null} the living process that has this directory */
export function findHolder(dataDir) {
  const holder = readHolder(join(dataDir, "holder.json"));
  return holder && isAlive(holder) ? holder : null;
}

/** @param {string} from @param {string} to */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Moves a dead holder's file away, or puts it back when a faster starter's file was caught instead.
 * @param {string} path @param {Holder | null} dead
 */
function setAside(path, dead) {
  const stale = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, stale);
  } catch {
    return; // Somebody else moved it.
  }
  const caught = readHolder(stale);
  if (caught && caught.pid !== dead?.pid) tryLink(stale, path);
  rmSync(stale, { force: true });
}

/** @param {string} path @returns {Holder | null} */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** @param {Holder} holder */
function isAlive({ pid, born }) {
  if (!processExists(pid)) return false;
  // Process ids come around again: the same id born at another moment is another process.
  return born === null || birthOf(pid) === null || birthOf(pid) === born;
}

/** @param {number} pid */
export function processExists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * When a process began, in whatever form this system tells it; null where it does not.
 * @param {number} pid
 * @returns {string | null}
 */
function birthOf(pid) {
  if (process.platform === "win32") return null;
  if (process.platform !== "linux")
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() || null;
  try {
    // Field 22 of /proc/<pid>/stat, counted from behind the name in brackets, which may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
