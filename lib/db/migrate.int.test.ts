import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startThrowAwayPostgres } from "../../scripts/embedded-postgres.mjs";
import { migrate } from "./migrate.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const migrations = join(root, "prisma", "migrations");

let server: Awaited<ReturnType<typeof startThrowAwayPostgres>>;
beforeAll(async () => {
  server = await startThrowAwayPostgres({ what: "migration tests" });
});
afterAll(() => server.stop());

describe("migrate", () => {
  test("given our migrations, Prisma agrees that nothing is left to do", async () => {
    const url = await freshDatabase("agreement");
    await withClient(url, async (client) => {
      expect((await migrate(client, migrations)).length).toBeGreaterThan(0);
      expect(await migrate(client, migrations)).toEqual([]);
    });
    const { status, stdout } = prisma(url, "migrate", "status");
    expect(stdout).toContain("Database schema is up to date!");
    expect(status).toBe(0);
  });

  test("given Prisma's own deployment, nothing is left for the runner, and the records are alike", async () => {
    const [ours, prismas] = [await freshDatabase("ours"), await freshDatabase("prismas")];
    await withClient(ours, (client) => migrate(client, migrations));
    expect(prisma(prismas, "migrate", "deploy").status).toBe(0);

    await withClient(prismas, async (client) => expect(await migrate(client, migrations)).toEqual([]));
    expect(await records(prismas)).toEqual(await records(ours));
  });

  test("given the migrations, the schema file describes the same tables", async () => {
    const { status, stdout } = prisma(
      await freshDatabase("unused"),
      ...["migrate", "diff", "--exit-code", "--script"],
      ...["--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema.prisma"],
    );
    expect(stdout).toContain("-- This is an empty migration.");
    expect(status).toBe(0);
  });

  test("given a migration that fails, none of it stays, the reason is recorded, and the next run refuses", async () => {
    const folder = mkdtempSync(join(tmpdir(), "superstream-migrations-"));
    mkdirSync(join(folder, "1_broken"));
    writeFileSync(join(folder, "1_broken", "migration.sql"), "CREATE TABLE half (id int); SELECT 1 / 0;");
    await withClient(await freshDatabase("broken"), async (client) => {
      await expect(migrate(client, folder)).rejects.toThrow("Migration 1_broken failed: division by zero");
      const { rows } = await client.query("SELECT to_regclass('half') AS half, logs FROM _prisma_migrations");
      expect(rows).toEqual([{ half: null, logs: expect.stringContaining("division by zero") }]);
      await expect(migrate(client, folder)).rejects.toThrow(/1_broken failed before/);
    });
    rmSync(folder, { recursive: true });
  });

  test("given four starters at once, each migration is applied once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "superstream-migrations-"));
    cpSync(migrations, folder, { recursive: true });
    const url = await freshDatabase("race");
    const applied = await Promise.all(
      [1, 2, 3, 4].map(() => withClient(url, (client) => migrate(client, folder))),
    );
    const names = applied.flat();
    expect(new Set(names).size).toBe(names.length);
    expect(applied.filter((list) => list.length > 0)).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});

async function freshDatabase(name: string): Promise<string> {
  await withClient(server.url, (client) => client.query(`CREATE DATABASE ${name}`));
  return Object.assign(new URL(server.url), { pathname: `/${name}` }).toString();
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function prisma(url: string, ...args: string[]) {
  const command = join(root, "node_modules", "prisma", "build", "index.js");
  const env = { ...process.env, DATABASE_URL: url };
  return spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
}

function records(url: string): Promise<unknown[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at, logs, applied_steps_count
       FROM _prisma_migrations ORDER BY migration_name`,
    );
    return rows;
  });
}
