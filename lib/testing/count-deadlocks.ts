import type pg from "pg";

/**
 * Deadlocks that the database ended in this test's own database since it was made. One that a retry hid counts too.
 *
 * @param db all connections that could have met one, none of them in use
 */
export async function countDeadlocks(db: pg.Pool): Promise<number> {
  // A backend that has nothing to do tells what it counted only after some seconds, unless it is asked to.
  const clients = await Promise.all(Array.from({ length: db.totalCount }, () => db.connect()));
  try {
    await Promise.all(clients.map((client) => client.query("select pg_stat_force_next_flush()")));
  } finally {
    for (const client of clients) client.release();
  }
  const { rows } = await db.query<{ deadlocks: string }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0]?.deadlocks);
}
