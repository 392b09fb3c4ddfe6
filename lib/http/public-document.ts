/** A document that anybody may read from anywhere, five minutes old at most. */
export function publicDocument(text: string, contentType: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": contentType,
      "Cache-Control": "public, max-age=300",
      "Access-Control-Allow-Origin": "*",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
