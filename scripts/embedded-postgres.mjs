import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findHolder, holdDataDir, processExists } from "./hold-data-dir.mjs";
import { postgresBinaries } from "./postgres-binaries.mjs";
import { localSecret } from "./secrets-file.mjs";
import { asUnprivileged, giveAway, startedByRoot } from "./unprivileged-user.mjs";

const USER = "superstream";
const DATABASE = "superstream";
const THROW_AWAY = "superstream-throw-away-";
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** For a machine with two cores that does other things too. Durable: nothing here weakens a commit. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "120",
  shared_buffers: "128MB",
  effective_cache_size: "512MB",
  max_wal_size: "1GB",
  wal_level: "minimal",
  max_wal_senders: "0",
  random_page_cost: "1.1",
  max_parallel_workers_per_gather: "0",
  io_method: "sync",
  jit: "off",
  huge_pages: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
};

/**
 * @typedef {object} EmbeddedPostgres
 * @property {string} url with user and password, for DATABASE_URL
 * @property {number} port on 127.0.0.1
 * @property {number} pid of the postmaster
 * @property {boolean} recovered true when it was running without an owner and was taken over
 * @property {(url: string) => void} announce tells whoever comes second where people reach what runs on this database
 * @property {() => Promise<void>} stop ends it and gives the directory free; safe to call twice
 */

/**
 * A real PostgreSQL under `<dataDir>/postgres`: made when there is none, taken over when its owner died, started
 * otherwise. It outlives this process unless `stop` is called, so that Ctrl-C can end the application first.
 *
 * @param {object} options
 * @param {string} options.dataDir
 * @param {string} [options.what] shown to whoever comes second, such as "npm start"
 * @param {boolean} [options.durable] false trades safety in a power cut for speed; a killed process loses nothing either way
 * @param {ReturnType<typeof holdDataDir>} [options.hold] the directory, when the caller has taken it already
 * @returns {Promise<EmbeddedPostgres>}
 * @throws DataDirHeld when another process has the directory
 * @throws NoPostgresHere when no binary fits this platform
 */
export async function startEmbeddedPostgres({ dataDir, what = "embedded database", durable = true, hold }) {
  const folder = resolve(dataDir);
  const held = hold ?? holdDataDir(folder, what);
  try {
    const cluster = join(folder, "postgres");
    const password = localSecret(folder, "databasePassword");
    refuseForeign(cluster);
    if (!existsSync(join(cluster, "PG_VERSION"))) initialise(cluster, password, durable);

    let running = await takeOver(cluster, password);
    const recovered = running !== null;
    running ??= await launch(folder, cluster, durable);
    const { pid, port } = running;
    await ensureDatabase(urlOf(port, password, "postgres"));

    let stopping = /** @type {Promise<void> | null} */ (null);
    return {
      url: urlOf(port, password, DATABASE),
      port,
      pid,
      recovered,
      announce: held.announce,
      stop() {
        stopping ??= stopPostmaster(cluster, pid).finally(held.release);
        return stopping;
      },
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

/**
 * The address of the embedded database that runs in a directory now, or null. Does not start it.
 * @param {string} dataDir
 */
export async function findEmbeddedPostgres(dataDir) {
  const folder = resolve(dataDir);
  const running = readPidFile(join(folder, "postgres"));
  if (!running || !existsSync(join(folder, "secrets.json"))) return null;
  const password = localSecret(folder, "databasePassword");
  return (await answers(join(folder, "postgres"), running.port, password))
    ? urlOf(running.port, password, DATABASE)
    : null;
}

/**
 * An empty PostgreSQL in the system's temporary folder, gone after `stop`. Not durable: for tests and demonstrations.
 * @param {{ what?: string }} [options]
 */
export async function startThrowAwayPostgres({ what = "throw-away database" } = {}) {
  await removeAbandoned();
  const dataDir = mkdtempSync(join(tmpdir(), THROW_AWAY));
  chmodSync(dataDir, 0o711); // Started by root, the database runs as another user and must pass through here.
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const database = await startEmbeddedPostgres({ dataDir, what, durable: false });
    return { ...database, dataDir, stop: () => database.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Throw-away databases whose process was killed before it could remove them. */
async function removeAbandoned() {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(THROW_AWAY)) continue;
    const dataDir = join(tmpdir(), name);
    if (!existsSync(join(dataDir, "holder.json")) || findHolder(dataDir)) continue;
    const left = readPidFile(join(dataDir, "postgres"));
    if (left && processExists(left.pid) && isPostgres(left.pid)) await stopPostmaster(dataDir, left.pid);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {number} port @param {string} password @param {string} database */
function urlOf(port, password, database) {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** A database made by root, or by another user, cannot be opened by this one. @param {string} cluster */
function refuseForeign(cluster) {
  const owner = existsSync(cluster) ? statSync(cluster).uid : null;
  if (owner === null || startedByRoot() || process.getuid === undefined || owner === process.getuid()) return;
  throw new Error(
    `${cluster} belongs to user ${owner}, not to you: it was probably made by root. ` +
      "Start as that user, choose another DATA_DIR, or remove it to begin anew.",
  );
}

/**
 * Runs initdb beside the place and renames: a folder with that name is always whole.
 * @param {string} cluster @param {string} password @param {boolean} durable
 */
function initialise(cluster, password, durable) {
  const { initdb } = postgresBinaries();
  const aside = `${cluster}.new`;
  rmSync(aside, { recursive: true, force: true });
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });

  const secret = mkdtempSync(join(tmpdir(), "superstream-secret-"));
  const passwordFile = join(secret, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveAway(aside, { named: true });
  giveAway(secret, { named: true });
  try {
    const program = asUnprivileged(
      initdb,
      [
        `--pgdata=${aside}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      { dataPath: aside, named: true },
    );
    const { status, stderr, error } = spawnSync(program.command, program.args, {
      ...userOf(program),
      encoding: "utf8",
      env: postgresEnvironment(),
    });
    if (status !== 0)
      throw new Error(
        `PostgreSQL could not be initialised in ${cluster}: ${error?.message ?? stderr.trim()}`,
      );
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
  giveAway(aside);
  renameSync(aside, cluster);
}

/**
 * A postmaster that a killed owner left behind: used again when it answers, ended when it does not.
 * @param {string} cluster @param {string} password
 */
async function takeOver(cluster, password) {
  const left = readPidFile(cluster);
  if (!left || !processExists(left.pid)) return null;
  const deadline = Date.now() + 5_000;
  do {
    if (await answers(cluster, left.port, password)) return left;
    if (!isPostgres(left.pid)) {
      rmSync(join(cluster, "postmaster.pid"), { force: true }); // Another program got the dead one's id.
      return null;
    }
    await sleep(100);
  } while (Date.now() < deadline && processExists(left.pid));
  await stopPostmaster(cluster, left.pid);
  return null;
}

/**
 * Starts the server on the port it had last time, so that a saved address stays valid, else on a free one.
 * @param {string} folder @param {string} cluster @param {boolean} durable
 */
async function launch(folder, cluster, durable) {
  const { postgres } = postgresBinaries();
  const remembered = join(folder, "postgres-port");
  const logPath = join(folder, "postgres.log");
  const deadline = Date.now() + START_TIMEOUT_MS;

  for (let attempt = 0; Date.now() < deadline; attempt += 1) {
    const last = Number(existsSync(remembered) && readFileSync(remembered, "utf8"));
    const port = await freePort(attempt === 0 ? last : 0);
    const settings = { ...SETTINGS, port: String(port), fsync: durable ? "on" : "off" };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const program = asUnprivileged(postgres, ["-D", cluster, ...flags], { dataPath: cluster });

    const log = openSync(logPath, "w");
    const child = spawn(program.command, program.args, {
      ...userOf(program),
      cwd: "/",
      env: postgresEnvironment(),
      detached: true, // Not in our process group: Ctrl-C reaches us, and we end it last.
      windowsHide: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.unref();
    const failed = new Promise((done) => {
      child.once("error", done);
      child.once("exit", () => done(null));
    });
    const ready = await waitUntilReady(cluster, child, deadline);
    if (ready) {
      writeFileSync(remembered, String(port));
      return { pid: ready, port };
    }
    const error = await failed;
    if (error instanceof Error) throw error;
    // Two causes pass: the port was taken meanwhile, or processes of a killed server still hold its memory.
    if (
      !/could not bind|Address already in use|is still in use|lock file/i.test(readFileSync(logPath, "utf8"))
    )
      break;
    await sleep(200);
  }
  throw new Error(
    `PostgreSQL did not start. Its log (${logPath}) says:\n${readFileSync(logPath, "utf8").trim()}`,
  );
}

/**
 * @param {string} cluster @param {import("node:child_process").ChildProcess} child @param {number} deadline
 * @returns {Promise<number | null>} the postmaster's id, null when it ended
 */
async function waitUntilReady(cluster, child, deadline) {
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const seen = readPidFile(cluster);
    if (seen?.ready && seen.pid === child.pid) return seen.pid;
    if (Date.now() > deadline) {
      child.kill("SIGQUIT");
      return null;
    }
    await sleep(10);
  }
  return null;
}

/**
 * Fast shutdown: sessions end, what they committed stays. Immediate when that takes too long; recovery mends it.
 * @param {string} cluster @param {number} pid
 */
async function stopPostmaster(cluster, pid) {
  if (process.platform === "win32") {
    spawnSync(postgresBinaries().pgCtl, ["stop", "-D", cluster, "-m", "fast", "-w"], { stdio: "ignore" });
    return;
  }
  for (const signal of /** @type {const} */ (["SIGINT", "SIGQUIT"])) {
    if (!processExists(pid)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (processExists(pid) && Date.now() < deadline) await sleep(10);
  }
  if (processExists(pid))
    throw new Error(`PostgreSQL (process ${pid}) does not end. Its data is in ${cluster}.`);
}

/**
 * What a running server writes of itself: https://www.postgresql.org/docs/current/storage-file-layout.html
 * @param {string} cluster
 */
function readPidFile(cluster) {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 && port > 0 ? { pid, port, ready: lines[7]?.trim() === "ready" } : null;
  } catch {
    return null;
  }
}

/** @param {string} cluster @param {number} port @param {string} password */
async function answers(cluster, port, password) {
  const client = new pg.Client({
    connectionString: urlOf(port, password, "postgres"),
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  client.on("error", () => {}); // It may die while we ask; the answer is then no.
  try {
    await client.connect();
    const { rows } = await client.query("SELECT current_setting('data_directory') AS folder");
    return rows[0]?.folder === cluster;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether a process is a PostgreSQL server; where that cannot be told, yes, which spares its lock file. @param {number} pid */
function isPostgres(pid) {
  if (process.platform === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres");
    } catch {
      return processExists(pid);
    }
  }
  if (process.platform === "win32") return true;
  const { status, stdout } = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return status !== 0 || stdout.includes("postgres");
}

/** @param {string} url */
async function ensureDatabase(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** @param {number} wanted 0 for any @returns {Promise<number>} a port of 127.0.0.1 that is free now */
export function freePort(wanted = 0) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", (error) => (wanted ? freePort().then(done, fail) : fail(error)));
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(address && typeof address === "object" ? address.port : 0));
    });
  });
}

/** The user's PG* variables are meant for another server. */
function postgresEnvironment() {
  return Object.fromEntries(
    Object.entries({ ...process.env, LC_ALL: "C", TZ: "UTC" }).filter(([name]) => !name.startsWith("PG")),
  );
}

/** @param {{ uid?: number, gid?: number }} program */
function userOf({ uid, gid }) {
  return uid === undefined || gid === undefined ? {} : { uid, gid };
}
