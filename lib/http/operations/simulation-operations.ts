import { z } from "zod";
import { scenarioInput } from "@/lib/simulation/scenario-input";
import { defineOperation } from "../define-operation";
import { amountOutput, assetOutput } from "../schemas";

const rate = z.strictObject({ amount: amountOutput, periodMs: z.int() });

const streamOutput = z.strictObject({
  name: z.string(),
  consumer: z.string(),
  provider: z.string(),
  tier: z.string(),
  rate,
  ratePerDay: amountOutput,
  maxRequestsPerHour: z.int(),
  price: amountOutput,
  deposit: amountOutput,
  topUps: z.int(),
  deposited: amountOutput,
  paid: amountOutput,
  refunded: amountOutput,
  served: z.int(),
  denied: z.int(),
  closedAtMs: z.int().nullable(),
  closeCause: z.string().nullable(),
  segments: z.array(
    z.strictObject({
      tier: z.string(),
      rate,
      startMs: z.int(),
      startCause: z.string(),
      endMs: z.int(),
      endCause: z.string(),
      accrued: amountOutput,
    }),
  ),
  series: z.array(
    z.strictObject({ atMs: z.int(), accrued: amountOutput, used: amountOutput, deposited: amountOutput }),
  ),
});

const requestOutput = z.strictObject({
  atMs: z.int(),
  stream: z.string(),
  requestType: z.string(),
  decision: z.enum(["authorised", "denied"]),
  reason: z.string().nullable(),
  accrued: amountOutput,
  remaining: amountOutput,
});

/** What happened. Times count from the start of the scenario, amounts are base units, names stand for ids. */
const simulationOutput = z
  .strictObject({
    scenario: z.strictObject({
      title: z.string(),
      lengthMs: z.int(),
      sweepMs: z.int(),
      graceMs: z.int(),
      depositMs: z.int(),
      wallet: amountOutput,
      autoTopUp: z.strictObject({ triggerMs: z.int(), chunkMs: z.int(), dailyMax: amountOutput }).nullable(),
    }),
    asset: assetOutput,
    totals: z.strictObject({
      requests: z.int(),
      authorised: z.int(),
      denied: z.int(),
      volume: amountOutput,
      deposited: amountOutput,
      refunded: amountOutput,
      topUps: z.int(),
    }),
    providers: z.array(z.strictObject({ name: z.string(), earned: amountOutput, requests: z.int() })),
    streams: z.array(streamOutput),
    requests: z.array(requestOutput),
    violations: z.array(z.strictObject({ id: z.string(), subject: z.string(), detail: z.string() })),
  })
  .meta({ id: "Simulation" });

/** The answer on the wire: what the page draws. */
export type Simulation = z.output<typeof simulationOutput>;

export const runSimulationOperation = defineOperation({
  id: "runSimulation",
  method: "POST",
  path: "/api/v1/simulations",
  tag: "simulations",
  summary: "Play a scenario on the real ledger under a simulated clock: nothing of it stays",
  auth: "none",
  rate: "simulation",
  body: z
    .strictObject({
      preset: z.enum(["demo", "control"]).optional().meta({
        description: "24 h of three streams: topped up automatically, or on the first deposit alone.",
      }),
      scenario: scenarioInput.optional(),
    })
    .refine(({ preset, scenario }) => (preset === undefined) !== (scenario === undefined), {
      error: "Give either preset or scenario.",
    }),
  output: simulationOutput,
  problems: ["unavailable"],
});
