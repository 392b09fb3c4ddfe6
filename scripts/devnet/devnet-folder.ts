import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processExists } from "../hold-data-dir.mjs";

/** The devnet that runs on this folder, or null. */
export function findDevnet(folder: string): { pid: number; url: string } | null {
  const { running } = filesIn(folder);
  if (!existsSync(running)) return null;
  const found = JSON.parse(readFileSync(running, "utf8")) as { pid: number; url: string };
  return isAnvil(found.pid) ? found : null;
}

/**
 * Waits for an anvil that outlived its parent: told by its closed input, it writes its state and ends.
 * @returns whether the folder is free
 */
export async function untilDevnetGone(folder: string, timeoutMs = 15_000): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (findDevnet(folder)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/** Forgets the chain: the next start makes a new one. */
export function forgetDevnet(folder: string): void {
  for (const file of Object.values(filesIn(folder))) rmSync(file, { force: true });
}

/** Whether there is a chain to go on with. */
export function hasDevnet(folder: string): boolean {
  const { state, dump } = filesIn(folder);
  return existsSync(state) || existsSync(dump);
}

export type DevnetFiles = ReturnType<typeof filesIn>;

export function filesIn(folder: string) {
  return {
    state: join(folder, "state.json"),
    /** Where anvil writes, in place: half a file when it is killed at that moment. */
    dump: join(folder, "state.written.json"),
    /** Digest of the contracts that the chain was made with. */
    contracts: join(folder, "contracts.sha256"),
    running: join(folder, "running.json"),
  };
}

/** Process ids come around again: only an anvil is one that we started. */
function isAnvil(pid: number): boolean {
  if (!processExists(pid)) return false;
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" });
    return /anvil/.test(stdout ?? "");
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("anvil");
  } catch {
    return false; // It has just ended.
  }
}
