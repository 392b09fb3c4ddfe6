import type { Queryable } from "@/lib/db/pool";

/**
 * Replaces one piece of a money function by a wrong one, inside the caller's transaction: a negative control for the
 * checkers.
 *
 * @throws Error when the function does not contain the piece exactly once: a control that changes nothing proves nothing
 */
export async function plantBug(db: Queryable, name: string, right: string, wrong: string): Promise<void> {
  const { rows } = await db.query<{ source: string }>(
    "select pg_get_functiondef(oid) as source from pg_proc where proname = $1",
    [name],
  );
  const source = rows[0]?.source;
  if (rows.length !== 1 || !source) throw new Error(`${rows.length} functions are called ${name}.`);
  if (source.split(right).length !== 2) throw new Error(`${name} does not contain exactly once: ${right}`);
  await db.query(source.replace(right, () => wrong));
}
