import type { StoredAnswer } from "@/lib/streams/find-answer";
import { encodeReceipt } from "./receipt";
import { upstreamResponse } from "./upstream-response";

/** A kept answer once more, with the receipt of the call that paid for it. */
export function replayAnswer({ status, headers: kept, body, receipt }: StoredAnswer): Response {
  const headers = new Headers(kept);
  if (receipt) headers.set("Payment-Receipt", encodeReceipt(receipt));
  headers.set("Idempotent-Replayed", "true");
  headers.set("Cache-Control", "private, no-store");
  return upstreamResponse(status, headers, body);
}
