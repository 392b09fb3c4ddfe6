import { receiptJwks } from "@/lib/mpp/secrets";

export const dynamic = "force-dynamic";

/** The keys that receipts are checked with (RFC 7517): today's, and the previous one while it is configured. */
export async function GET(): Promise<Response> {
  return Response.json(
    { keys: await receiptJwks() },
    { headers: { "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*" } },
  );
}
