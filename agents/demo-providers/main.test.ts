import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

function start(...args: string[]) {
  const program = ["--import", "./scripts/register-ts.mjs", "agents/demo-providers/main.ts", ...args];
  const child = spawn(process.execPath, program, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  const listening = once(child.stdout, "data").then(([line]) => String(line).match(/http:\S+/)?.[0] ?? "");
  return { child, ended, listening };
}

describe("main", { timeout: 30_000 }, () => {
  test("--help tells the providers and exits with 0", async () => {
    const { code, stdout } = await start("--help").ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/rheumascore +port 4101[\s\S]*dnai +port 4102[\s\S]*holterai +port 4103/);
  });

  test.each([
    { args: [], says: "Name one provider" },
    { args: ["nobody"], says: '"nobody"' },
    { args: ["dnai", "holterai"], says: "Name one provider" },
    { args: ["dnai", "--port", "65536"], says: "0 to 65535" },
    { args: ["dnai", "--port", "-1"], says: "--port" },
    { args: ["dnai", "--verbose"], says: "--verbose" },
  ])("given $args, it exits with 2 and says what is wrong", async ({ args, says }) => {
    const { code, stdout, stderr } = await start(...args).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("given %s, it stops cleanly with 0", async (signal) => {
    const { child, ended, listening } = start("rheumascore", "--port", "0");
    const origin = await listening;
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  test("given a port that is taken, it exits with 1 and names it", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr } = await start("holterai", "--port", String(port)).ended;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}`);
  });
});
