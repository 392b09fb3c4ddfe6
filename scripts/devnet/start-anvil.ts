import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../free-port.mjs";
import { rpc } from "./rpc";

export type Anvil = {
  url: string;
  port: number;
  pid: number;
  /** Resolves when it has ended, for whatever reason. */
  gone: Promise<void>;
  /** Ends it in order: what `--state` or `--dump-state` names is written. Safe to call twice. */
  stop: () => Promise<void>;
  /** Ends it at once, and nothing is written. */
  kill: () => Promise<void>;
};

const READY_MS = 30_000;
/** A state of some hundred megabytes takes seconds to write. */
const END_MS = 15_000;

/**
 * Runs anvil until its standard input closes, which happens by itself when we die, however we die. (A signal handler
 * does not see a SIGKILL, and anvil knows nothing of parents.) Prints anvil's process id first.
 */
const UNTIL_INPUT_CLOSES = `
exec 3<&0
"$@" </dev/null & child=$!
echo $child
(read -r _ <&3; kill -TERM $child) >/dev/null 2>&1 & watcher=$!
wait $child; code=$?
kill $watcher 2>/dev/null
exit $code`;

/**
 * Starts anvil on 127.0.0.1 and waits until it answers.
 *
 * @param options.args beside host and port
 * @param options.port default: a free one
 * @throws Error with what anvil wrote when it ends instead of answering
 */
export async function startAnvil(options: {
  program: string;
  args?: readonly string[];
  port?: number;
}): Promise<Anvil> {
  const port = options.port ?? (await freePort());
  const own = ["--host", "127.0.0.1", "--port", String(port), "--silent", ...(options.args ?? [])];
  const windows = process.platform === "win32"; // No sh there: it may outlive a parent that is killed.
  const child = windows
    ? spawn(options.program, own, { stdio: ["pipe", "pipe", "pipe"] })
    : spawn("/bin/sh", ["-c", UNTIL_INPUT_CLOSES, "anvil", options.program, ...own], {
        stdio: ["pipe", "pipe", "pipe"],
        detached: true, // Ctrl-C reaches only us: the web server ends before its chain.
      });

  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => {
      output = (output + part).slice(-4_000);
    });
  let ended = false;
  const gone = once(child, "close").then(() => {
    ended = true;
  });

  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_MS;
  while (!(await answers(url))) {
    if (ended) throw new Error(`anvil ended: ${output.replace(/^\d+\n/, "").trim() || "it said nothing"}`);
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`anvil did not answer within ${READY_MS / 1000} s. ${output}`);
    }
    await sleep(5);
  }
  const pid = windows ? (child.pid ?? 0) : Number.parseInt(output, 10);
  // It keeps nothing alive by itself: a program that forgets it may end, and takes it along.
  for (const part of [child, child.stdin, child.stdout, child.stderr]) unref(part);

  return {
    url,
    port,
    pid,
    gone,
    stop: () => end(child, pid, gone),
    async kill() {
      child.ref();
      if (!ended) process.kill(pid, "SIGKILL");
      await gone;
    },
  };
}

async function end(child: ChildProcess, pid: number, gone: Promise<void>): Promise<void> {
  if (process.platform === "win32") child.kill();
  else child.stdin?.end();
  child.ref();
  const late = sleep(END_MS, "late", { ref: false });
  if ((await Promise.race([gone, late])) === "late") process.kill(pid, "SIGKILL");
  await gone;
}

async function answers(url: string): Promise<boolean> {
  try {
    await rpc(url, "eth_chainId");
    return true;
  } catch {
    return false;
  }
}

function unref(part: object | null): void {
  if (part && "unref" in part && typeof part.unref === "function") part.unref();
}
