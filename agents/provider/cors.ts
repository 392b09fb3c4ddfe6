/**
 * Any page may call: nothing here is ambient. There is no cookie, and every payment is a header that the page itself sets.
 */
export const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "WWW-Authenticate, Payment-Receipt, Stream-Session, Stream-Session-Expires, Stream-Runway-Seconds, Stream-Remaining, Stream-Request, Retry-After",
  "x-content-type-options": "nosniff",
} as const;

export const PREFLIGHT = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers":
    "Accept, Accept-Payment, Authorization, Content-Type, Idempotency-Key, Stream-Session, Stream-Tier",
  "access-control-max-age": "600",
} as const;
