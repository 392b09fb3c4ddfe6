/** What every paid answer says to caches. */
export const paidCaching = {
  "cache-control": "private, no-store",
  vary: "Authorization, Stream-Session, Sign-In-With-X",
};

/** The provider's answer as ours. The statuses that forbid a body get none. */
export function upstreamResponse(
  status: number,
  headers: HeadersInit,
  body: Uint8Array | ReadableStream,
): Response {
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : (body as BodyInit), { status, headers });
}
