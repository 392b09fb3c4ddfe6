import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { receiptJwks } from "@/lib/mpp/secrets";

export const dynamic = "force-dynamic";

/** The keys that receipts are checked with (RFC 7517): today's, and the previous one while it is configured. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/.well-known/jwks.json", request, async () =>
    publicDocument(request, JSON.stringify({ keys: await receiptJwks() }), "application/json"),
  );
}
