import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const HOOKS = ["--import", "./scripts/register-ts.mjs", "--import", "./scripts/end-with-parent.mjs"];
const HEALTH_TIMEOUT_MS = 2_000;

export type Program = ReturnType<typeof keepRunning>;

/**
 * One program that is started again whenever it ends, until `end`. Its output goes to `<name>.log` in `folder`. It is
 * killed with this process: see end-with-parent.mjs.
 *
 * @param url answers 200 when the program is up
 */
export function keepRunning(options: {
  name: string;
  args: readonly string[];
  environment: Record<string, string | undefined>;
  folder: string;
  url: string;
}) {
  const { name, args, environment, folder, url } = options;
  const log: WriteStream = createWriteStream(join(folder, `${name}.log`));
  let child: ChildProcess = start();
  let ending = false;
  let starts = 1;

  function start(): ChildProcess {
    const started = spawn(process.execPath, [...HOOKS, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    started.stdout?.pipe(log, { end: false });
    started.stderr?.pipe(log, { end: false });
    started.once("exit", async () => {
      if (ending) return;
      await sleep(100);
      if (ending) return;
      starts += 1;
      child = start();
    });
    return started;
  }

  async function healthy(): Promise<boolean> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  return {
    name,
    get starts() {
      return starts;
    },
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    healthy,

    /** @throws Error when it does not answer in time */
    async untilHealthy(timeoutMs: number): Promise<void> {
      const end = performance.now() + timeoutMs;
      while (!(await healthy())) {
        if (performance.now() > end) throw new Error(`${name} does not answer after ${timeoutMs / 1000} s.`);
        await sleep(50);
      }
    },

    /** By force: what an orderly end does is tested elsewhere. */
    endNow(): void {
      ending = true;
      child.kill("SIGKILL"); // Ends a paused process, too.
    },
  };
}
