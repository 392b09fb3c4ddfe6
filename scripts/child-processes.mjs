import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { dim, Refusal } from "./report.mjs";

/** Longer than the web server takes to finish what is under way. */
const END_TIMEOUT_MS = 15_000;

/**
 * Programs that run together: when one ends by itself, `onDeath` is told; `endAll` ends the rest. None outlives this
 * process: each has a channel to it and ends when that closes, and Ctrl-C reaches only us (process groups of their own).
 *
 * @param {{ onDeath: (message: string) => void }} options
 */
export function childProcesses({ onDeath }) {
  /** @type {{ name: string, child: import("node:child_process").ChildProcess, gone: Promise<unknown> }[]} */
  const running = [];
  let ending = false;

  return {
    /**
     * @param {string} name put before each of its lines
     * @param {string[]} args for Node; TypeScript runs as it is
     * @param {Record<string, string | undefined>} environment
     */
    start(name, args, environment) {
      const hooks = ["--import", "./scripts/register-ts.mjs", "--import", "./scripts/end-with-parent.mjs"];
      const child = spawn(process.execPath, [...hooks, ...args], {
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: process.platform !== "win32",
      });
      for (const stream of [child.stdout, child.stderr])
        if (stream)
          createInterface({ input: stream }).on("line", (line) => console.log(`${dim(`${name} │`)} ${line}`));
      const gone = new Promise((resolve) => {
        child.once("exit", (code, signal) => {
          resolve(null);
          if (!ending) onDeath(`${name} ended by itself (${signal ?? `exit code ${code}`}).`);
        });
      });
      running.push({ name, child, gone });
    },

    /** Ends all, the last started first; by force what does not end in time. */
    async endAll() {
      ending = true;
      for (const { child, gone } of running.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill("SIGTERM");
        const late = sleep(END_TIMEOUT_MS, "late", { ref: false });
        if ((await Promise.race([gone, late])) === "late") child.kill("SIGKILL");
        await gone;
      }
    },

    killAll() {
      ending = true;
      for (const { child } of running) child.kill("SIGKILL");
    },
  };
}

/**
 * Waits until an address answers HTTP, with `accept` deciding on the status.
 * @param {string} url @param {{ timeoutMs: number, accept?: (status: number) => boolean, signal: AbortSignal }} options
 */
export async function untilAnswers(url, { timeoutMs, accept = () => true, signal }) {
  const deadline = Date.now() + timeoutMs;
  let last = "nothing answered";
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      await response.body?.cancel();
      if (accept(response.status)) return;
      last = `it answered ${response.status}`;
    } catch (error) {
      signal.throwIfAborted();
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(50, undefined, { signal });
  }
  throw new Refusal(`${url} is not ready after ${timeoutMs / 1000} s: ${last}.`);
}
