import type { WholeAnswer } from "@/lib/http/light-message";

/** Headers that a page of another origin may read. Without this list a browser hides all of them. */
const EXPOSED = [
  "WWW-Authenticate",
  "PAYMENT-REQUIRED",
  "PAYMENT-RESPONSE",
  "Payment-Receipt",
  "Stream-Session",
  "Stream-Session-Expires",
  "Stream-Runway-Seconds",
  "Stream-Remaining",
  "Stream-Request",
  "Idempotent-Replayed",
  "Retry-After",
  "RateLimit",
  "RateLimit-Policy",
].join(", ");

const ALLOWED = [
  "Accept",
  "Accept-Language",
  "Accept-Payment",
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "Payment-Signature",
  "Sign-In-With-X",
  "Stream-Session",
  "Stream-Tier",
].join(", ");

const OPEN = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": EXPOSED,
  // A provider's content is never a document of our origin, even if someone frames or opens it.
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "cross-origin-resource-policy": "cross-origin",
};

/**
 * Lets any page call the door. That is safe because nothing here is ambient: no cookie is read, every payment is a header
 * that the page has to set, so `*` without credentials gives a foreign page nothing that it did not bring.
 */
export function withCors<Answer extends Response | WholeAnswer>(answer: Answer): Answer {
  if (!(answer instanceof Response)) Object.assign(answer.headers, OPEN);
  else for (const [name, value] of Object.entries(OPEN)) answer.headers.set(name, value);
  return answer;
}

/** The answer to `OPTIONS`. It tells nothing about which services exist. */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
      "Access-Control-Allow-Headers": ALLOWED,
      "Access-Control-Max-Age": "600",
      "Cache-Control": "no-store",
    },
  });
}
