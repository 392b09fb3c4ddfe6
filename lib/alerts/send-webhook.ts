import "server-only";
import { z } from "zod";
import { ProblemError } from "@/lib/errors";
import { safeFetch } from "@/lib/mpp/safe-fetch";
import { webhookHeaders } from "./sign-webhook";
import { webhookBody } from "./webhook-body";
import { openSecret } from "./webhook-secret";

/** Longest (ms) that an endpoint may take to begin its answer. */
const DEADLINE_MS = 10_000;

/** What `claim_deliveries` gives. Secrets are still sealed. */
export const claimedDelivery = z.object({
  id: z.string(),
  attempt: z.int(),
  type: z.string(),
  payload: z.unknown(),
  createdMs: z.int(),
  nowMs: z.int(),
  endpointId: z.string(),
  url: z.string(),
  secret: z.string(),
  previousSecret: z.string().nullable(),
});
export type ClaimedDelivery = z.infer<typeof claimedDelivery>;

/** How one attempt ended: an HTTP status, or in a few words why there is none. */
export type AttemptOutcome = { status: number | null; error: string | null; tookMs: number };

export type SendSettings = {
  origin: string;
  /** The operator's keys, newest first. */
  operatorKeys: readonly string[];
  allowPrivate: readonly string[];
  deadlineMs?: number;
  signal?: AbortSignal;
};

/** Makes one attempt. Never throws: whatever goes wrong is its outcome. The answer's body is not read. */
export async function sendWebhook(
  delivery: ClaimedDelivery,
  settings: SendSettings,
): Promise<AttemptOutcome> {
  const began = performance.now();
  const outcome = await attempt(delivery, settings);
  return { ...outcome, tookMs: Math.round(performance.now() - began) };
}

async function attempt(
  delivery: ClaimedDelivery,
  settings: SendSettings,
): Promise<Omit<AttemptOutcome, "tookMs">> {
  const { origin, operatorKeys, allowPrivate, deadlineMs = DEADLINE_MS, signal } = settings;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const secrets = [delivery.secret, delivery.previousSecret]
      .filter((sealed) => sealed !== null)
      .map((sealed) => openSecret(Buffer.from(sealed, "hex"), delivery.endpointId, operatorKeys));
    const body = webhookBody(delivery, origin);
    const timestampSeconds = Math.floor(delivery.nowMs / 1_000);
    const response = await safeFetch(delivery.url, {
      method: "POST",
      headers: webhookHeaders({ id: delivery.id, timestampSeconds, body }, secrets),
      body: Buffer.from(body),
      allow: allowPrivate,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    await response.body?.cancel();
    const { status, ok } = response;
    return { status, error: ok ? null : `answered ${status}` };
  } catch (error) {
    return { status: null, error: reasonOf(error) };
  }
}

/** For the log of the webhook's owner: nothing about our network, no address, no secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return "the secret cannot be read: rotate it";
  if (error.code === "upstream-timeout") return "no answer in time";
  if (error.code === "upstream-refused")
    return /redirect/.test(error.message) ? "answered with a redirect" : "the address is not allowed";
  return "no connection";
}
