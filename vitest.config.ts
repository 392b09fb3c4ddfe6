import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Two projects: `unit` needs nothing; `int` gets one throw-away PostgreSQL from its global set-up. */
export default defineConfig({
  resolve: {
    alias: {
      "server-only": `${root}scripts/empty-module.mjs`,
      "@": root.slice(0, -1),
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{lib,agents,scripts,components,app}/**/*.{test,fuzz.test}.{ts,tsx}"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: ["{lib,agents,scripts,app}/**/*.int.test.ts"],
          globalSetup: ["./lib/testing/postgres-for-tests.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
