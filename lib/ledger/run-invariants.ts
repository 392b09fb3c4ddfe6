import "server-only";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pool, type Queryable } from "@/lib/db/pool";

/** Something in the books that does not hold. `id` as in lib/ledger/README.md. */
export type Violation = { id: string; subject: string; detail: string };

/** The ids that prisma/invariants.sql checks: each is a gauge, also while nothing is wrong. */
export const INVARIANT_IDS = [
  "I1",
  "I2",
  "I3",
  "I4",
  "I5",
  "I6",
  "I7",
  "I8",
  "I9",
  "I10",
  "I12",
  "I13",
  "I14",
  "I15",
  "I17",
  "I18",
  "I19",
  "I22",
  "I24",
  "I27",
  "I28",
  "totals",
] as const;

/** Checks the whole books: no rows when healthy. Reads everything, so it is for tests, operators and a slow timer. */
export async function runInvariants(db: Queryable = pool()): Promise<Violation[]> {
  const sql = await readFile(join(process.cwd(), "prisma", "invariants.sql"), "utf8");
  const { rows } = await db.query<Violation>(sql);
  return rows;
}
