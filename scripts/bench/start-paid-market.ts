import { addProvider, openStreams, startBenchDatabase } from "./bench-database";

/** Payers whose calls the load makes in turn. */
const STREAMS = 64;

/** A bench database with one provider and 64 running streams to it; `tokens` are a session of each. */
export async function startPaidMarket() {
  const database = await startBenchDatabase();
  try {
    await addProvider(database.pool);
    return { ...database, tokens: await openStreams(database.pool, STREAMS) };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
