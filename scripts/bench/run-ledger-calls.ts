// Callers of the ledger, without HTTP: authorise, then complete, as the door does, over the streams of fill-market.ts. Told by
// messages how many streams are called; answers with latencies. A process of its own, so that its CPU time can be told apart.
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { authorizeRequest } from "@/lib/streams/authorize-request";
import { completeRequest } from "@/lib/streams/complete-request";
import { newId } from "@/lib/streams/new-id";
import { Histogram } from "./histogram";
import type { LoadReport } from "./load-plan";

export type LedgerPlan = {
  /** How many there are, and among how many of them, evenly spread, each call picks one by chance. */
  streams: number;
  called: number;
  receivers: number;
  callers: number;
  warmMs: number;
  measureMs: number;
};

/** About as long as a signed receipt is. */
const receipt = { reference: "bench", signature: randomBytes(450).toString("base64") };
const body = Buffer.from('{"ok":true}');
const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
let sent = 0;

process.channel?.ref();
process.send?.({ type: "listening" });
process.on("message", ({ plan }: { plan: LedgerPlan }) => {
  void run(plan).then(
    (report) => process.send?.({ type: "done", report }),
    (error: unknown) => process.send?.({ type: "failed", message: String(error) }),
  );
});

async function run(plan: LedgerPlan): Promise<LoadReport> {
  const report = { measured: 0, ok: 0, failures: new Map<string, number>(), histogram: new Histogram() };
  let phase: "warm" | "measure" | "end" = "warm";
  const caller = async () => {
    while (phase !== "end") {
      const began = performance.now();
      const failure = await callOnce(plan).catch(String);
      if (failure) report.failures.set(failure, (report.failures.get(failure) ?? 0) + 1);
      else report.ok += 1;
      if (failure || phase !== "measure") continue;
      report.measured += 1;
      report.histogram.record(performance.now() - began);
    }
  };
  const callers = Array.from({ length: plan.callers }, caller);
  await sleep(plan.warmMs);
  process.send?.({ type: "measuring" });
  phase = "measure";
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await sleep(plan.measureMs);
  phase = "end";
  const elapsedMs = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  process.send?.({ type: "measured" });
  await Promise.all(callers);
  return {
    elapsedMs,
    measured: report.measured,
    ok: report.ok,
    failures: [...report.failures],
    histogram: report.histogram.toArray(),
    cpuMicros: cpu.user + cpu.system,
  };
}

/** @returns what went wrong, or null */
async function callOnce({ streams, called, receivers }: LedgerPlan): Promise<string | null> {
  sent += 1;
  const n = Math.floor((Math.floor(Math.random() * called) * streams) / called);
  const requestId = newId("req");
  const decision = await authorizeRequest({
    requestId,
    providerId: `p${n % receivers}`,
    serviceId: `svc_p${n % receivers}`,
    requestType: "echo",
    method: "POST",
    path: "/echo",
    via: "session",
    session: { tokenHash: createHash("sha256").update(`bench-session-${n}`).digest("hex") },
    idempotencyKey: `ledger-${process.pid}-${sent}`,
    requestHash: createHash("sha256").update(requestId).digest("hex"),
    requestDigest: digest,
    price: 0n,
  });
  if (decision.outcome !== "authorised")
    return `${decision.outcome} ${"code" in decision ? decision.code : ""}`;
  const answer = { headers: { "content-type": "application/json" }, body };
  const ended = await completeRequest({
    requestId,
    outcome: "served",
    status: 200,
    responseDigest: digest,
    receipt,
    answer,
  });
  return ended ? null : "the call had ended before";
}
