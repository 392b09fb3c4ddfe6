import "server-only";
import { env } from "@/lib/env";
import type { Secrets } from "./derive-keys";
import { type ReceiptJwk, receiptKey } from "./receipt-keys";

/** The operator's secrets, newest first. The previous one is kept set until what it signed has run out. */
export function mppSecrets(): Secrets {
  return env.SECRET_KEY_PREVIOUS ? [env.SECRET_KEY, env.SECRET_KEY_PREVIOUS] : [env.SECRET_KEY];
}

/** The public halves of the keys that sign receipts: `/.well-known/jwks.json`. */
export async function receiptJwks(): Promise<ReceiptJwk[]> {
  const keys = await Promise.all(mppSecrets().map(receiptKey));
  return keys.map(({ publicJwk }) => publicJwk);
}
