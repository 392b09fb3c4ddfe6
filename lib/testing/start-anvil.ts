import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createPublicClient, createTestClient, http } from "viem";
import { foundry } from "viem/chains";

export type Anvil = Awaited<ReturnType<typeof startAnvil>>;

/**
 * An empty chain of its own for a test, on a free port of 127.0.0.1. The caller ends it with `stop`.
 *
 * @param args more of anvil's options, such as `--chain-id 84532`
 */
export async function startAnvil(args: readonly string[] = []) {
  const manifest = createRequire(import.meta.url).resolve(
    `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}/package.json`,
  );
  const child = spawn(
    join(dirname(manifest), "bin", "anvil"),
    ["--host", "127.0.0.1", "--port", "0", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const endWithUs = () => child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let said = "";
    const read = (chunk: Buffer) => {
      said += chunk;
      const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`anvil ended with ${code}: ${said}`)));
  });

  const url = `http://127.0.0.1:${port}`;
  const transport = http(url, { retryCount: 0 });
  return {
    url,
    pid: child.pid,
    reader: createPublicClient({ chain: foundry, transport, pollingInterval: 20 }),
    control: createTestClient({ chain: foundry, mode: "anvil", transport }),
    stop: async () => {
      process.removeListener("exit", endWithUs);
      child.kill("SIGKILL");
      await ended;
    },
  };
}
