import { z } from "zod";
import { defineOperation } from "../define-operation";
import { amountOutput, instant } from "../schemas";

export const getHealthOperation = defineOperation({
  id: "getHealth",
  method: "GET",
  path: "/api/health",
  tag: "operations",
  summary: "Whether this process lives; it asks nobody else, so a database that is away restarts nothing",
  auth: "none",
  database: false,
  output: z.strictObject({
    status: z.literal("ok"),
    network: z.enum(["devnet", "mainnet"]),
    uptimeMs: z.int(),
  }),
});

const readinessOutput = z.strictObject({
  server: z.enum(["ok", "draining"]),
  database: z.enum(["ok", "unreachable"]),
  migrations: z.enum(["ok", "missing", "unknown"]),
});

export const getReadinessOperation = defineOperation({
  id: "getReadiness",
  method: "GET",
  path: "/api/ready",
  tag: "operations",
  summary: "Whether this process should be sent requests: database reached, migrations applied, not ending",
  auth: "none",
  output: z.strictObject({ ready: z.literal(true), checks: readinessOutput }),
  problems: ["not-configured", "not-ready"],
});

const counts = z.record(z.string(), z.int());

export const getStatusOperation = defineOperation({
  id: "getStatus",
  method: "GET",
  path: "/api/v1/status",
  tag: "operations",
  summary:
    "How the market is doing: invariants, database, sweep, version, and the last ten minutes of one process",
  auth: "none",
  output: z.strictObject({
    status: z.enum(["ok", "degraded", "down"]),
    network: z.enum(["devnet", "mainnet"]),
    version: z.strictObject({
      version: z.string(),
      commit: z.string().nullable(),
      migration: z.string().nullable(),
    }),
    database: z.strictObject({ up: z.boolean(), pingMs: z.number().nullable() }),
    sweep: z.strictObject({ lagMs: z.int().nullable(), late: z.boolean() }),
    streams: z.strictObject({ open: z.int(), total: z.int() }).nullable(),
    chain: z
      .strictObject({
        network: z.string(),
        chainId: z.int(),
        indexedBlock: z.int().nullable(),
        headBlock: z.int().nullable(),
        ageMs: z.int().nullable(),
        late: z.boolean(),
        trouble: z.string().nullable(),
        compared: z.int(),
        differing: z.int(),
        assets: z.array(
          z.strictObject({ symbol: z.string(), decimals: z.int(), held: amountOutput, owed: amountOutput }),
        ),
        backing: z.array(
          z.strictObject({
            ...{ symbol: z.string(), decimals: z.int(), held: amountOutput, owed: amountOutput },
            blockNumber: z.int(),
          }),
        ),
      })
      .nullable(),
    requestsServed: z.int().nullable(),
    invariants: z.strictObject({
      healthy: z.boolean().nullable(),
      checkedAt: instant.nullable(),
      tookMs: z.int().nullable(),
      failure: z.string().nullable(),
      checks: z.array(z.strictObject({ id: z.string(), says: z.string(), violations: z.int() })),
    }),
    process: z.strictObject({
      uptimeMs: z.int(),
      draining: z.boolean(),
      stepMs: z.int(),
      points: z.array(z.strictObject({ atMs: z.int(), requests: z.int(), errors: z.int() })),
      doorP50Ms: z.number().nullable(),
      doorP99Ms: z.number().nullable(),
      decisions: counts,
      ended: counts,
      providerAnswers: counts,
    }),
  }),
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
  summary:
    "One bounded pass of top-ups, exhaustion, grace, the settlement and the health checks that are due; safe to run twice",
  auth: "cron",
  output: z.strictObject({ looked: z.int(), changed: z.int(), voided: z.int(), failed: z.int() }),
});
