import { pool } from "@/lib/db/pool";
import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { handle } from "@/lib/http/handle";
import { getHealthOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getHealthOperation, async () => {
    if (!databaseConfigured())
      throw new ProblemError("not-configured", "No database is configured. Set DATABASE_URL.", {
        extensions: { set: ["DATABASE_URL"] },
      });
    const started = performance.now();
    await pool().query("select 1");
    const pingMs = Math.round((performance.now() - started) * 100) / 100;
    return { status: "ok" as const, network: env.NETWORK, database: { pingMs } };
  }),
);
