import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

if (existsSync(".env")) process.loadEnvFile(".env");

// Prisma's native engine is a download that many machines may not make. The command line runs this stand-in instead,
// which is the same engine as WebAssembly. It starts the embedded database when no DATABASE_URL is set.
if (process.platform !== "win32")
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(
    new URL("./scripts/schema-engine.mjs", import.meta.url),
  );
process.env.CHECKPOINT_DISABLE ??= "1";
process.env.PRISMA_HIDE_UPDATE_MESSAGE ??= "1";

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "node --import ./scripts/register-ts.mjs prisma/seed.ts" },
  datasource: {
    url: process.env.DATABASE_URL || "postgresql://superstream@embedded.invalid/superstream",
    shadowDatabaseUrl:
      process.env.SHADOW_DATABASE_URL || "postgresql://superstream@throw-away.invalid/shadow",
  },
});
