import { afterEach, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: tables are changed, and the books are read as a whole.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { GET as metricsRoute } from "@/app/metrics/route";
import { pool } from "@/lib/db/pool";
import { getReadinessOperation, getStatusOperation } from "@/lib/http/operations/operator-operations";
import { openStream } from "@/lib/streams/open-stream";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { fundedAddress, listProvider } from "@/lib/testing/ledger-fixtures";
import { startDraining } from "./draining";
import type { Status } from "./get-status";

type Shared = { superstreamDraining?: boolean; superstreamInvariants?: unknown };
const shared = globalThis as Shared;

afterEach(() => {
  delete shared.superstreamDraining;
  delete shared.superstreamInvariants; // The next question checks the books anew.
});

const ready = async () => {
  const response = await callOperation(getReadinessOperation);
  return { status: response.status, ...((await response.json()) as object) };
};
const scrape = async () => (await metricsRoute(new Request("http://localhost:3000/metrics"))).text();
const status = () => answerOf<Status>(getStatusOperation);

describe("/api/ready", () => {
  test("given a database with every migration, it is ready; while it drains it is not", async () => {
    const checks = { server: "ok", database: "ok", migrations: "ok" };
    expect(await ready()).toEqual({ status: 200, ready: true, checks });
    startDraining();
    expect(await ready()).toMatchObject({
      status: 503,
      code: "not-ready",
      detail: "Not ready: server: draining.",
      checks: { ...checks, server: "draining" },
    });
  });

  test("given a migration that is missing, it says so and becomes ready when it is there", async () => {
    const { readReadiness } = await freshModule();
    await pool().query(
      "update _prisma_migrations set finished_at = null where migration_name like '%_settle'",
    );
    expect(await readReadiness()).toMatchObject({ ready: false, migrations: "missing" });
    await pool().query("update _prisma_migrations set finished_at = now()");
    expect(await readReadiness()).toMatchObject({ ready: true, migrations: "ok" });
    await pool().query("alter table _prisma_migrations rename to gone");
    expect(await (await freshModule()).readReadiness()).toMatchObject({
      ready: false,
      migrations: "missing",
    });
    await pool().query("alter table gone rename to _prisma_migrations");
  });

  test("given a database that does not answer, it says so within two seconds", async () => {
    const query = vi.spyOn(pool(), "query").mockImplementation(() => new Promise(() => {}) as never);
    const began = performance.now();
    expect(await ready()).toMatchObject({
      status: 503,
      checks: { server: "ok", database: "unreachable", migrations: "unknown" },
    });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await scrape()).toContain("superstream_database_up 0\n");
    query.mockRestore();
  });
});

describe("/api/v1/status", () => {
  test("given a process that ends, or a stream that waits for its sweep, it is degraded, and says which", async () => {
    expect(await status()).toMatchObject({
      status: "ok",
      process: { draining: false },
      sweep: { late: false },
    });
    startDraining();
    expect(await status()).toMatchObject({ status: "degraded", process: { draining: true } });
    expect(await scrape()).toContain("superstream_draining 1\n");
    delete shared.superstreamDraining;

    const { id } = await listProvider(pool());
    const actor = await fundedAddress(pool(), 10n ** 18n);
    const stream = await openStream({ actor, providerId: id, tier: "basic" });
    const { rows } = await pool().query<{ due: string }>("select due_ms as due from stream");
    await pool().query("update stream set due_ms = clock_ms() - 31000");
    expect(await status()).toMatchObject({ status: "degraded", sweep: { late: true } });
    await pool().query("update stream set due_ms = $1 where id = $2", [rows[0]?.due, stream.id]);
    expect(await status()).toMatchObject({ status: "ok", sweep: { lagMs: 0, late: false } });
  });
});

describe("the books", () => {
  test("given books that hold, status is ok and names every check", async () => {
    const { status: verdict, invariants, version } = await status();
    expect(verdict).toBe("ok");
    expect(invariants).toMatchObject({ healthy: true, failure: null });
    expect(invariants.checks).toHaveLength(22);
    // Read once a minute, however often anybody asks.
    expect((await status()).invariants.checkedAt).toEqual(invariants.checkedAt);
    expect(version.version).toBe("0.1.0");
    expect(version.commit === null || /^[0-9a-f]{40}$/.test(version.commit)).toBe(true);
  });

  test("given a balance that was changed behind the ledger's back, status and gauge say which check finds it", async () => {
    const address = await fundedAddress(pool(), 100n);
    const add = (n: number) =>
      pool().query("update account set balance = balance + $1 where owner = $2 and kind = 'wallet'", [
        n,
        address,
      ]);
    await add(1);
    const { status: verdict, invariants } = await status();
    expect([verdict, invariants.healthy]).toEqual(["down", false]);
    expect(invariants.checks.find(({ id }) => id === "I2")).toEqual({
      id: "I2",
      says: "Every balance is the sum of its postings.",
      violations: 1,
    });
    const text = await scrape();
    expect(text).toContain('superstream_invariant_violations{id="I2"} 1\n');
    expect(text).toContain('superstream_invariant_violations{id="I3"} 0\n');
    await add(-1);
  });

  test("given books that take long to read, nobody waits for them longer than a second or two", async () => {
    const client = await pool().connect();
    await client.query("begin; set local idle_in_transaction_session_timeout = 0");
    await client.query("lock table posting in access exclusive mode");
    const began = performance.now();
    const { status: verdict, invariants } = await status();
    expect(performance.now() - began).toBeLessThan(3_000);
    expect([verdict, invariants.healthy, invariants.checkedAt]).toEqual(["ok", null, null]);
    expect(await scrape()).not.toContain("superstream_invariant_violations{");
    const { rows } = await client.query(
      `select count(*)::int as reading from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and state = 'active'`,
    );
    expect(rows).toEqual([{ reading: 1 }]); // However many ask.
    await client.query("rollback");
    client.release();
    await expect.poll(async () => (await status()).invariants.healthy, { timeout: 10_000 }).toBe(true);
  });

  test("given a check that fails, status says so and is degraded, not down", async () => {
    await pool().query("alter table hold rename to hold_gone");
    const { status: verdict, invariants } = await status();
    expect(verdict).toBe("degraded");
    expect(invariants.failure).toContain("could not be read");
    await pool().query("alter table hold_gone rename to hold");
  });
});

/** Remembers nothing of what was applied. */
async function freshModule() {
  vi.resetModules();
  return import("./read-readiness");
}
