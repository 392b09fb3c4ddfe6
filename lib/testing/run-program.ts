import { spawn } from "node:child_process";

export type EndedProgram = { code: number | null; output: string };

/**
 * Runs a program of the project in a process of its own, as `npm run` does, to its end.
 *
 * @param file such as `agents/examples/pay-on-chain.ts`
 * @param environment over this process's; undefined takes a setting away
 * @returns the exit code, null when a signal ended it, and all that it has said
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  environment: Record<string, string | undefined> = {},
): Promise<EndedProgram> {
  const child = spawn(process.execPath, ["--import", "./scripts/register-ts.mjs", file, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}
