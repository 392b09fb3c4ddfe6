// Callers of the ledger, without HTTP: authorise, then complete, as the door does, over the streams of fill-market.ts. Told by
// messages how many streams are called; answers with latencies. A process of its own, so that its CPU time can be told apart.
import { createHash, randomBytes } from "node:crypto";
import { authorizeRequest } from "@/lib/streams/authorize-request";
import { completeRequest } from "@/lib/streams/complete-request";
import { newId } from "@/lib/streams/new-id";
import { serveLoad } from "./serve-load";

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

serveLoad((plan: LedgerPlan, count) => {
  const caller = async () => {
    while (count.phase !== "end") {
      const began = performance.now();
      const failure = await callOnce(plan).catch(String);
      if (failure) count.fail(failure);
      else count.succeed(performance.now() - began);
    }
  };
  const callers = Array.from({ length: plan.callers }, caller);
  return () => Promise.all(callers);
});

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
