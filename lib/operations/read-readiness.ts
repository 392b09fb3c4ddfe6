import "server-only";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pool } from "@/lib/db/pool";
import { isDraining } from "./draining";
import { within } from "./within";

/** Longest that the database may take to answer: a load balancer asks every few seconds. */
const PATIENCE_MS = 2_000;

export type Readiness = {
  ready: boolean;
  server: "ok" | "draining";
  database: "ok" | "unreachable";
  /** `unknown` while the database cannot be asked. */
  migrations: "ok" | "missing" | "unknown";
};

/** Migrations of this version; they cannot change under a running process. */
let expected: Promise<string[]> | undefined;
let applied = false;

/** Whether this process should be sent requests. */
export async function readReadiness(): Promise<Readiness> {
  const server = isDraining() ? "draining" : "ok";
  try {
    const migrations = await within(PATIENCE_MS, readMigrations());
    return { ready: server === "ok" && migrations === "ok", server, database: "ok", migrations };
  } catch (error) {
    const noTable = error instanceof Error && "code" in error && error.code === "42P01";
    if (noTable) return { ready: false, server, database: "ok", migrations: "missing" };
    // Not logged: somebody asks every few seconds, and the answer says it.
    return { ready: false, server, database: "unreachable", migrations: "unknown" };
  }
}

async function readMigrations(): Promise<"ok" | "missing"> {
  if (applied) {
    await pool().query("select 1");
    return "ok";
  }
  expected ??= listMigrations();
  const { rows } = await pool().query<{ name: string }>(
    `select migration_name as name from "_prisma_migrations" where finished_at is not null and rolled_back_at is null`,
  );
  const present = new Set(rows.map(({ name }) => name));
  applied = (await expected).every((name) => present.has(name));
  return applied ? "ok" : "missing";
}

async function listMigrations(): Promise<string[]> {
  const entries = await readdir(join(process.cwd(), "prisma", "migrations"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
