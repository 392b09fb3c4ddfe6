import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: every row, lock and sequence of the market is looked at.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { openStream } from "@/lib/streams/open-stream";
import { databaseFingerprint } from "@/lib/testing/database-fingerprint";
import { authorised, fundedAddress, listProvider, someCall, TOKEN } from "@/lib/testing/ledger-fixtures";
import { controlDay, demoDay } from "./scenario";
import { simulate, stopSimulator } from "./simulate";

/** Some books that a simulation could spoil: totals, the faucet's account, a stream with a call. */
beforeAll(async () => {
  const { id: providerId } = await listProvider(pool());
  const actor = await fundedAddress(pool(), 100n * TOKEN);
  await openStream({ actor, providerId, tier: "basic" });
  await authorised(pool(), someCall({ providerId, payer: actor }));
});
afterAll(async () => {
  await stopSimulator();
});

const schema = async () =>
  (
    await pool().query<{ oid: number; comment: string }>(
      "select oid, obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = 'simulation'",
    )
  ).rows[0];

async function sequences(): Promise<unknown[]> {
  const { rows } = await pool().query(
    "select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1",
  );
  return rows;
}

describe("the simulator's schema", () => {
  test("given books of a market, a simulation changes no row and no sequence of them", async () => {
    const before = [await databaseFingerprint(), await sequences()];
    const { authorised: calls, violations } = await simulate(demoDay);
    expect([calls, violations]).toEqual([103, []]);
    expect([await databaseFingerprint(), await sequences()]).toEqual(before);
  });

  test("given somebody who holds every table of the market alone, a simulation runs to its end", async () => {
    const holder = await pool().connect();
    try {
      await holder.query("begin");
      const { rows } = await holder.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public'",
      );
      expect(rows.map(({ name }) => name)).toContain("counter");
      for (const { name } of rows) await holder.query(`lock table public."${name}" in access exclusive mode`);
      expect((await simulate(controlDay)).denied).toBe(84);
    } finally {
      await holder.query("rollback");
      holder.release();
    }
  });

  test("after a simulation its own tables are empty, and a second one finds the schema as it was", async () => {
    await simulate(demoDay);
    const built = await schema();
    await simulate(controlDay);
    expect(await schema()).toEqual(built);
    const { rows } = await pool().query(
      "select (select count(*) from simulation.journal_entry) + (select count(*) from simulation.provider) as n",
    );
    expect(rows).toEqual([{ n: "0" }]);
  });

  test("given a schema of other migrations, it is built anew by one of two simulations at once", async () => {
    await pool().query(
      "comment on schema simulation is 'Simulator of Superstream. Holds no data: each run is rolled back. Built from migrations of long ago'",
    );
    await pool().query("drop table simulation.counter");
    const old = await schema();
    const [demo, control] = await Promise.all([simulate(demoDay), simulate(controlDay)]);
    expect([demo.authorised, control.authorised]).toEqual([103, 19]);
    expect((await schema())?.oid).not.toBe(old?.oid);
  });

  test("given a schema of that name that is somebody else's, it refuses and leaves it alone", async () => {
    await pool().query("alter schema simulation rename to aside");
    await pool().query("create schema simulation; create table simulation.theirs as select 1 as one");
    await expect(simulate(demoDay)).rejects.toMatchObject({ code: "not-configured" });
    const { rows } = await pool().query("select one from simulation.theirs");
    expect(rows).toEqual([{ one: 1 }]);
    await pool().query("drop schema simulation cascade; alter schema aside rename to simulation");
  });

  test("given the schema, Prisma's status and its diff are what they are without it", async () => {
    const prisma = (...args: string[]) =>
      spawnSync(process.execPath, [join("node_modules", "prisma", "build", "index.js"), ...args], {
        env: { ...process.env, DATABASE_URL: env.DATABASE_URL },
        encoding: "utf8",
        timeout: 60_000,
      }).stdout;
    const diff = ["--script", "--from-config-datasource", "--to-schema", "prisma/schema.prisma"];
    await pool().query("drop schema simulation cascade");
    const without = prisma("migrate", "diff", ...diff);
    await simulate(controlDay);
    expect(without).toMatch(/^-- /);
    expect(prisma("migrate", "diff", ...diff)).toBe(without);
    expect(prisma("migrate", "status")).toContain("Database schema is up to date!");
  });

  test("no migration names the market's schema in its functions: they must mean the schema that they run in", () => {
    const folder = "prisma/migrations";
    const named = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const sql = readFileSync(join(folder, name, "migration.sql"), "utf8").replaceAll(
          'CREATE SCHEMA IF NOT EXISTS "public";',
          "",
        );
        return /\bpublic"?\s*\.|search_path|create\s+extension/i.test(sql.replace(/--.*$/gm, ""))
          ? [name]
          : [];
      });
    expect(named).toEqual([]);
  });
});
