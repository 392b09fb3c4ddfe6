import "server-only";
import { createHmac } from "node:crypto";
import { secretBytes } from "./webhook-secret";

/**
 * Headers of a delivery by the Standard Webhooks scheme (standardwebhooks.com), so that its libraries verify it. While a
 * secret is being changed there are two signatures: a receiver accepts either.
 *
 * @param message.id the same for every attempt, so that a receiver can tell a repetition
 * @param message.timestampSeconds of this attempt: receivers refuse what is older than five minutes
 * @param secrets `whsec_…`, the newest first
 */
export function webhookHeaders(
  message: { id: string; timestampSeconds: number; body: string },
  secrets: readonly string[],
): Record<string, string> {
  const { id, timestampSeconds, body } = message;
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac("sha256", secretBytes(secret)).update(signed, "utf8").digest("base64")}`,
  );
  return {
    "content-type": "application/json",
    "user-agent": "Superstream-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": signatures.join(" "),
  };
}
