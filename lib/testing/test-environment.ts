/** Settings that every test process runs with. The secrets protect nothing: the databases are thrown away. */
export const testEnvironment = {
  NODE_ENV: "test",
  NETWORK: "devnet",
  ORIGIN: "http://localhost:3000",
  SECRET_KEY: "tests-only-secret-key-of-at-least-32-bytes",
  ADMIN_TOKEN: "tests-only-admin-token",
  CRON_SECRET: "tests-only-cron-secret",
  SWEEP_INTERVAL_MS: "0",
  SETTLE_INTERVAL_MS: "0",
  PROBE_INTERVAL_MS: "0",
  LOG_LEVEL: "error",
} as const;
