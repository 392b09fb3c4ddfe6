import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export type StartedProvider = Awaited<ReturnType<typeof startProvider>>;

const START_MS = 120_000;

/** The provider agent as people run it: `npm run agent:provider` in a process of its own, which ends with this one. */
export async function startProvider(environment: Readonly<Record<string, string>>) {
  const hooks = ["--import", "./scripts/register-ts.mjs", "--import", "./scripts/end-with-parent.mjs"];
  const child = spawn(process.execPath, [...hooks, "agents/provider/main.ts"], {
    env: { ...process.env, HOST: "127.0.0.1", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const listening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("listens on http")) resolve();
      });
  });
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const late = sleep(START_MS, undefined, { ref: false });
  await Promise.race([listening, exited, late]);
  if (!output.includes("listens on http")) {
    child.kill("SIGKILL");
    throw new Error(`The provider did not start: ${output.trim()}`);
  }

  return {
    url: /listens on (\S+)/.exec(output)?.[1] ?? "",
    id: /Provider (\S+) is/.exec(output)?.[1] ?? "",
    output: () => output,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exited;
    },
  };
}
