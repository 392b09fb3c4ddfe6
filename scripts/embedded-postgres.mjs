import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findHolder, holdDataDir, processExists } from "./hold-data-dir.mjs";
import { initialiseCluster } from "./initialise-cluster.mjs";
import { isPostgres, launchPostmaster, readPidFile, stopPostmaster } from "./postmaster.mjs";
import { localSecret } from "./secrets-file.mjs";
import { startedByRoot } from "./unprivileged-user.mjs";

const USER = "superstream";
const DATABASE = "superstream";
const THROW_AWAY = "superstream-throw-away-";

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
    if (!existsSync(join(cluster, "PG_VERSION"))) initialiseCluster(cluster, USER, password, durable);

    let running = await takeOver(cluster, password);
    const recovered = running !== null;
    running ??= await launchPostmaster(folder, cluster, durable);
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
 * An empty PostgreSQL in the system's temporary folder, gone after `stop`. For tests and demonstrations, which need no
 * durability, and for benchmarks, which measure it.
 * @param {{ what?: string, durable?: boolean }} [options]
 */
export async function startThrowAwayPostgres({ what = "throw-away database", durable = false } = {}) {
  await removeAbandoned();
  const dataDir = mkdtempSync(join(tmpdir(), THROW_AWAY));
  chmodSync(dataDir, 0o711); // Started by root, the database runs as another user and must pass through here.
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const database = await startEmbeddedPostgres({ dataDir, what, durable });
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
    const cluster = join(dataDir, "postgres");
    const left = readPidFile(cluster);
    if (left && processExists(left.pid) && isPostgres(left.pid)) await stopPostmaster(cluster, left.pid);
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
