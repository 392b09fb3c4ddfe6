import "server-only";
import { ProblemError } from "@/lib/errors";
import { paths } from "@/lib/paths";
import { getRequest } from "@/lib/streams/get-request";
import type { Json } from "./canonical-json";
import { receiptJwks } from "./secrets";
import { type ReceiptVerdict, verifyReceipt } from "./verify-receipt";

export type ReceiptView = {
  requestId: string;
  /** Whether one of this server's keys signed exactly these members. */
  verified: boolean;
  verdict: ReceiptVerdict;
  receipt: Readonly<Record<string, Json>>;
  keySet: string;
};

/**
 * The receipt of one served call, by its unguessable id, with the verdict on its signature.
 *
 * @throws ProblemError `request-not-found`, also for a call that was not served
 */
export async function getReceipt(requestId: string): Promise<ReceiptView> {
  const { receipt: stored } = await getRequest(requestId, null);
  if (!stored) throw new ProblemError("request-not-found", "There is no receipt for this request.");
  const receipt = stored as Record<string, Json>; // It was parsed from JSON text.
  const verdict = await verifyReceipt(receipt, await receiptJwks());
  return { requestId, verified: verdict.valid, verdict, receipt, keySet: paths.jwks };
}
