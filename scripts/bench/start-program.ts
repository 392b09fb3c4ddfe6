import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const HOOKS = ["--import", "./scripts/register-ts.mjs", "--import", "./scripts/end-with-parent.mjs"];
/** A folder for V8's profiles of the programs, for DevTools: what a figure that falls short is made of. */
const { BENCH_PROFILE } = process.env;
const PROFILING = BENCH_PROFILE ? ["--cpu-prof", "--cpu-prof-dir", BENCH_PROFILE] : [];
const START_MS = 90_000;
const STOP_MS = 15_000;

export type Program = { name: string; pid: number; child: ChildProcess; stop: () => Promise<void> };

/**
 * Starts a program of ours and waits until it says `{ type: "listening" }`, as servers do. It ends with this process.
 *
 * @throws Error when it ends or says nothing for a minute and a half; with what it wrote
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  environment: Record<string, string | undefined> = {},
): Promise<Program> {
  const child = spawn(process.execPath, [...PROFILING, ...HOOKS, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4_000);
    });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = new Promise<true>((resolve) => {
    child.on("message", (message: { type?: string }) => {
      if (message.type === "listening") resolve(true);
    });
  });

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    if ((await Promise.race([gone, sleep(STOP_MS, "late", { ref: false })])) === "late")
      child.kill("SIGKILL");
    await gone;
  };
  const started = await Promise.race([ready, gone, sleep(START_MS, undefined, { ref: false })]);
  if (!started || child.pid === undefined) {
    await stop();
    throw new Error(`${name} did not start:\n${output.trim()}`);
  }
  return { name, pid: child.pid, child, stop };
}
