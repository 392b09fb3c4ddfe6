import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findEmbeddedPostgres, startEmbeddedPostgres, startThrowAwayPostgres } from "./embedded-postgres.mjs";

/** Starts a database, says so, and waits to be killed. */
const OWNER = `
  import { startEmbeddedPostgres } from ${JSON.stringify(new URL("./embedded-postgres.mjs", import.meta.url).href)};
  const database = await startEmbeddedPostgres({ dataDir: process.argv[1], what: "the owner" });
  database.announce("http://localhost:4321");
  console.log(JSON.stringify({ url: database.url, pid: database.pid }));
  process.on("disconnect", () => process.exit());`;

let dataDir: string;
let owner: ChildProcess | null = null;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "superstream-test-"));
});

afterEach(async () => {
  if (owner?.exitCode === null && owner.signalCode === null) await kill(owner);
  owner = null;
  if (existsSync(join(dataDir, "postgres")))
    await (await startEmbeddedPostgres({ dataDir, durable: false })).stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("startEmbeddedPostgres", () => {
  test("given a database that was stopped, it serves the same rows at the same address", async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (7)");
    await first.stop();
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();

    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
    expect(await findEmbeddedPostgres(dataDir)).toBe(second.url);
    await second.stop();
  });

  test("by default nothing weakens a commit", async () => {
    const database = await startEmbeddedPostgres({ dataDir });
    const [settings] = await query(
      database.url,
      "SELECT current_setting('fsync') f, current_setting('synchronous_commit') s, current_setting('full_page_writes') w",
    );
    expect(settings).toEqual({ f: "on", s: "on", w: "on" });
    await database.stop();
  });

  test("the password is asked for, and kept from other users of the machine", async () => {
    const database = await startEmbeddedPostgres({ dataDir });
    const wrong = Object.assign(new URL(database.url), { password: "guess" }).toString();
    await expect(query(wrong, "SELECT 1")).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(dataDir, "secrets.json")).mode & 0o777).toBe(0o600);
    await database.stop();
  });

  test("given a living owner, a second start says who it is and where it serves", async () => {
    owner = await startOwner();
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      new RegExp(`in use by process ${owner.pid} \\(the owner, .*serves http://localhost:4321`),
    );
  });

  test("given an owner that was killed, it takes the running server over and loses nothing", async () => {
    owner = await startOwner();
    const { url, pid } = JSON.parse(said);
    await query(url, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (8)");
    await kill(owner);

    const database = await startEmbeddedPostgres({ dataDir });
    expect(database).toMatchObject({ recovered: true, pid, url });
    expect(await query(database.url, "SELECT value FROM kept")).toEqual([{ value: 8 }]);
    await database.stop();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test("given owner and server killed, it recovers what was committed", async () => {
    owner = await startOwner();
    const { url, pid } = JSON.parse(said);
    await query(url, "CREATE TABLE kept (value int); INSERT INTO kept VALUES (9)");
    process.kill(pid, "SIGKILL");
    await kill(owner);

    const database = await startEmbeddedPostgres({ dataDir });
    expect(database.recovered).toBe(false);
    expect(await query(database.url, "SELECT value FROM kept")).toEqual([{ value: 9 }]);
    await database.stop();
  });

  test("given a lock file whose process id went to another program, it starts", async () => {
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    const lock = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8");
    await first.stop();
    writeFileSync(join(dataDir, "postgres", "postmaster.pid"), lock.replace(/^\d+/, String(process.pid)));

    const second = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await second.stop();
  });
});

test("given a throw-away database, stop removes all of it", async () => {
  const database = await startThrowAwayPostgres();
  expect(await query(database.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await database.stop();
  expect(existsSync(database.dataDir)).toBe(false);
});

let said = "";

async function startOwner(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", OWNER, "--", dataDir], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (!child.stdout) throw new Error("The owner has no output.");
  [said] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // Some of these servers are killed under their sessions.
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
