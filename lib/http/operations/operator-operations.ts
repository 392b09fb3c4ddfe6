import { z } from "zod";
import { defineOperation } from "../define-operation";

export const getHealthOperation = defineOperation({
  id: "getHealth",
  method: "GET",
  path: "/api/health",
  tag: "operations",
  summary: "Whether this server answers and reaches its database",
  auth: "none",
  database: false,
  output: z.strictObject({
    status: z.literal("ok"),
    network: z.enum(["devnet", "mainnet"]),
    database: z.strictObject({ pingMs: z.number() }),
  }),
  problems: ["not-configured", "unavailable"],
});

export const checkInvariantsOperation = defineOperation({
  id: "checkInvariants",
  method: "GET",
  path: "/api/admin/invariants",
  tag: "operations",
  summary: "Run the ledger's invariants now: no violations when healthy",
  auth: "admin",
  output: z.strictObject({
    healthy: z.boolean(),
    violations: z.array(z.strictObject({ id: z.string(), subject: z.string(), detail: z.string() })),
  }),
});

export const sweepOperation = defineOperation({
  id: "sweep",
  method: "GET",
  path: "/api/cron/sweep",
  tag: "operations",
  summary: "One bounded pass of top-ups, exhaustion and grace; safe to run twice",
  auth: "cron",
  output: z.strictObject({ looked: z.int(), changed: z.int(), voided: z.int(), failed: z.int() }),
});
