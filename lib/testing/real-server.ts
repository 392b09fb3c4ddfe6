import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.mjs";

const HOOKS = ["--import", "./scripts/register-ts.mjs", "--import", "./scripts/end-with-parent.mjs"];
const START_MS = 40_000;
const STOP_MS = 20_000;

export type RealServer = {
  /** Without a slash at its end. */
  url: string;
  /** All that it has written to stdout and stderr. */
  output: () => string;
  signal: (signal: NodeJS.Signals) => void;
  /** Its exit code; null when a signal ended it. */
  exited: Promise<number | null>;
  /** In order, and by force when that takes too long. */
  stop: () => Promise<void>;
};

/**
 * The server as operators run it, in a process of its own: `npm run gateway`, over the database of `DATABASE_URL`. It says
 * what the site says, without Next and its build. It ends with this process.
 */
export async function realServer(environment: Record<string, string> = {}): Promise<RealServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [...HOOKS, "scripts/serve.ts", "--gateway"], {
    env: { ...process.env, PORT: String(port), HOST: "127.0.0.1", ORIGIN: url, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const exited = once(child, "exit").then(([code]) => code as number | null);

  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const late = sleep(STOP_MS, "late", { ref: false });
    if ((await Promise.race([exited, late])) === "late") child.kill("SIGKILL");
    await exited;
  }

  const started = await Promise.race([listening(child), exited, sleep(START_MS, "late", { ref: false })]);
  if (started !== "listening") {
    await stop();
    throw new Error(`The server did not start: ${output.trim()}`);
  }
  return { url, output: () => output, signal: (signal) => child.kill(signal), exited, stop };
}

function listening(child: ChildProcess): Promise<"listening"> {
  return new Promise((resolve) => {
    child.on("message", (message: { type?: string }) => {
      if (message.type === "listening") resolve("listening");
    });
  });
}
