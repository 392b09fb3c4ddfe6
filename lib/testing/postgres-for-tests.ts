import { databaseForTests } from "../../scripts/database-for-tests.mjs";
import { testEnvironment } from "./test-environment";

/**
 * Vitest's global set-up for `*.int.test.ts`: one migrated PostgreSQL for the run, gone after it. Workers start later and
 * inherit the environment set here, so `lib/env` and `pool()` work in them as they do in the server.
 */
export default async function postgresForTests(): Promise<() => Promise<void>> {
  const database = await databaseForTests();
  // Vitest does not come back here when it is ended by a signal.
  const abandon = () => void database.stop().finally(() => process.exit(1));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, abandon);
  Object.assign(process.env, testEnvironment, { DATABASE_URL: database.url });
  return database.stop;
}
