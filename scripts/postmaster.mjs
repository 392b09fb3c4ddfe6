import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.mjs";
import { processExists } from "./hold-data-dir.mjs";
import { postgresBinaries } from "./postgres-binaries.mjs";
import { postgresProcess } from "./postgres-process.mjs";
import { asUnprivileged } from "./unprivileged-user.mjs";

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
 * Starts the server on the port it had last time, so that a saved address stays valid, else on a free one.
 * @param {string} folder @param {string} cluster @param {boolean} durable
 */
export async function launchPostmaster(folder, cluster, durable) {
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
      ...postgresProcess(program),
      cwd: "/",
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
export async function stopPostmaster(cluster, pid) {
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
export function readPidFile(cluster) {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 && port > 0 ? { pid, port, ready: lines[7]?.trim() === "ready" } : null;
  } catch {
    return null;
  }
}

/** Whether a process is a PostgreSQL server; where that cannot be told, yes, which spares its lock file. @param {number} pid */
export function isPostgres(pid) {
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
