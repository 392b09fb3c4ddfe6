import type pg from "pg";

/**
 * Runs `work` in one transaction on a connection of its own.
 *
 * @throws Error what `work` throws, or the database at the commit: then all is undone, unless only the answer to the commit was lost
 */
export async function transaction<T>(
  db: Pick<pg.Pool, "connect">,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const tx = await db.connect();
  let lost: Error | undefined;
  // Without a listener, a connection that dies between two statements would end the process.
  const onError = (error: Error) => {
    lost = error;
  };
  tx.on("error", onError);
  try {
    await tx.query("begin");
    const result = await work(tx);
    await tx.query("commit");
    return result;
  } catch (error) {
    await tx.query("rollback").catch(onError); // On a dead connection: the server has undone everything by itself.
    throw error;
  } finally {
    tx.off("error", onError);
    tx.release(lost);
  }
}
