import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scratchDatabase } from "@/lib/testing/scratch-database";
import { holdDataDir } from "../hold-data-dir.mjs";
import { hasDevnet } from "./devnet-folder";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "superstream-devnet-programs-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("npm run devnet:time", () => {
  test("given wrong words, it says what is wrong and ends with 2", async () => {
    expect(await run("time", [])).toMatchObject({ code: 2, output: expect.stringContaining("Say how far") });
    const unknown = await run("time", ["4h", "--back"]);
    expect(unknown).toMatchObject({ code: 2, output: expect.stringContaining("Unknown option") });
  });

  test("given another network, a database of somebody's own or nothing that runs, it refuses", async () => {
    expect(await run("time", ["4h"], { NETWORK: "mainnet" })).toMatchObject({
      code: 1,
      output: expect.stringContaining("NETWORK is not devnet"),
    });
    expect(await run("time", ["4h"], { DATABASE_URL: "postgresql://u:p@127.0.0.1:1/x" })).toMatchObject({
      code: 1,
      output: expect.stringContaining("add --yes"),
    });
    expect(await run("time", ["4h"])).toMatchObject({
      code: 1,
      output: expect.stringContaining("start Superstream first"),
    });
  });

  test("given a yes, it moves the ledger of a database of one's own", async () => {
    const scratch = await scratchDatabase(1);
    try {
      const DATABASE_URL = scratch.db.options.connectionString ?? "";
      const { code, output } = await run("time", ["1d12h", "--yes"], { DATABASE_URL });
      expect(output).toContain("There is no chain; the ledger is now at");
      expect(output).toContain("36 h ahead of this machine");
      expect(code).toBe(0);
      const { rows } = await scratch.db.query(
        "select clock_ms() - floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ahead",
      );
      expect(Math.abs(Number(rows[0].ahead) - 129_600_000)).toBeLessThan(1_000);
    } finally {
      await scratch.stop();
    }
  });
});

describe("npm run devnet:reset", () => {
  test("it forgets the chain of DATA_DIR and nothing else, and says when there was none", async () => {
    const folder = join(dataDir, "chain");
    mkdirSync(folder);
    writeFileSync(join(folder, "state.json"), "{}");
    writeFileSync(join(dataDir, "secrets.json"), "kept");
    expect(await run("reset", [])).toMatchObject({
      code: 0,
      output: expect.stringContaining("The chain is forgotten"),
    });
    expect(hasDevnet(folder)).toBe(false);
    expect(await run("reset", [])).toMatchObject({
      code: 0,
      output: expect.stringContaining("There is no chain"),
    });
  });

  test("given a DATA_DIR in use, it refuses and names who has it", async () => {
    mkdirSync(join(dataDir, "chain"));
    writeFileSync(join(dataDir, "chain", "state.json"), "{}");
    const hold = holdDataDir(dataDir, "a test");
    const { code, output } = await run("reset", []);
    hold.release();
    expect(code).toBe(1);
    expect(output).toContain("a test");
    expect(hasDevnet(join(dataDir, "chain"))).toBe(true);
  });

  test("given a word too much, it ends with 2 and forgets nothing", async () => {
    expect((await run("reset", ["all"])).code).toBe(2);
  });
});

/** With this test's DATA_DIR and no database unless it is given. */
function run(
  name: "time" | "reset",
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const program = [
      "--import",
      "./scripts/register-ts.mjs",
      `scripts/devnet/run-devnet-${name}.ts`,
      ...args,
    ];
    const { DATABASE_URL: _, ...rest } = process.env;
    const env = { ...rest, DATA_DIR: dataDir, DATABASE_URL: "", ...environment };
    const child = spawn(process.execPath, program, { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        output += part;
      });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
