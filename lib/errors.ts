/** Every refusal the product gives. The key ends the `type` URI, which is a page of ours. */
export const problems = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "malformed-request": { status: 400, title: "The request is malformed" },
  "unknown-tier": { status: 400, title: "No such tier" },
  "sign-in-required": { status: 401, title: "Sign in first" },
  "invalid-signature": { status: 401, title: "The signature is not valid" },
  "forbidden-origin": { status: 403, title: "Requests from this origin are refused" },
  "not-available-here": { status: 403, title: "Not available on this network" },
  "not-found": { status: 404, title: "No such thing" },
  "provider-not-found": { status: 404, title: "No such provider" },
  "service-not-found": { status: 404, title: "No such service" },
  "stream-not-found": { status: 404, title: "No such stream" },
  "alert-not-found": { status: 404, title: "No such alert" },
  "webhook-not-found": { status: 404, title: "No such webhook" },
  "delivery-not-found": { status: 404, title: "No such delivery" },
  "request-not-found": { status: 404, title: "No such request" },
  "method-not-allowed": { status: 405, title: "That method is not served here" },
  "provider-taken": { status: 409, title: "The name belongs to somebody else" },
  "insufficient-balance": { status: 409, title: "The balance is too low" },
  "wallet/not-backed": { status: 409, title: "That much credit is not backed by payments" },
  "stream-state": { status: 409, title: "The stream is not in a state for that" },
  "stream-on-chain": { status: 409, title: "The stream is changed on its chain" },
  "too-many-webhooks": { status: 409, title: "There are enough webhooks" },
  "webhook-off": { status: 409, title: "The webhook is off" },
  "self-stream": { status: 409, title: "A stream needs two ends" },
  "idempotency-conflict": { status: 409, title: "The key was used for something else" },
  "request-in-progress": { status: 409, title: "The same request is still running" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "Send JSON" },
  "invalid-input": { status: 422, title: "The input is not valid" },
  "headers-too-large": { status: 431, title: "The headers are too large" },
  "rate-limited": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something broke on our side" },
  "upstream-failed": { status: 502, title: "The provider did not answer" },
  "upstream-refused": { status: 502, title: "The provider's address is not allowed" },
  "not-configured": { status: 503, title: "Superstream is not configured yet" },
  "not-ready": { status: 503, title: "This server takes no requests now" },
  "provider-busy": { status: 503, title: "The provider is busy" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  "upstream-timeout": { status: 504, title: "The provider took too long" },
  "stream/not-found": { status: 402, title: "No stream" },
  "stream/pending": { status: 402, title: "The stream is not confirmed yet" },
  "stream/paused": { status: 402, title: "The stream is paused" },
  "stream/terminated": { status: 402, title: "Stream terminated" },
  "stream/deposit-exhausted": { status: 402, title: "Deposit exhausted" },
  "stream/flow-rate-insufficient": { status: 402, title: "The stream is slower than the tier" },
  "stream/sender-mismatch": { status: 402, title: "Not signed by the sender" },
  "stream/delegation-invalid": { status: 402, title: "The delegation does not hold" },
  "stream/price-needs-ledger": { status: 402, title: "The call has a price of its own" },
  "stream/rate-limited": { status: 429, title: "The tier's hourly limit is reached" },
  "stream/verification-unavailable": { status: 503, title: "The stream cannot be verified now" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;
export type Extensions = Record<string, unknown>;

/** An expected refusal. Callers see `detail` and `extensions`: secrets belong in `cause`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly options: { extensions?: Extensions; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause });
  }
}

/** RFC 9457 members. `type` is relative to the site's origin until the HTTP boundary resolves it. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
} & Extensions;

/** What a caller may know of an error: a refusal as it is, anything else as `internal`. */
export function toProblem(error: unknown): Problem {
  const refusal =
    error instanceof ProblemError
      ? error
      : new ProblemError(
          "internal",
          "Something broke on our side. Try again: the same Idempotency-Key never pays twice.",
        );
  const { status, title } = problems[refusal.code];
  return {
    ...refusal.options.extensions,
    type: `/problems/${refusal.code}`,
    title,
    status,
    detail: refusal.message,
    code: refusal.code,
  };
}
