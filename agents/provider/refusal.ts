/** Every refusal of a provider agent. The key ends the `type` URN. */
const refusals = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-input": { status: 400, title: "The input is not valid" },
  "model-not-served": { status: 400, title: "Another model is served here" },
  "two-payments": { status: 400, title: "The call shows two payments" },
  "inference-refused": { status: 400, title: "The model does not take this input" },
  "grant-invalid": { status: 403, title: "The grant does not hold" },
  "not-found": { status: 404, title: "No such route" },
  "method-not-allowed": { status: 405, title: "The route exists, but not for this method" },
  "stream-ended": { status: 409, title: "The stream has ended" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body has another form" },
  "rate-limited": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something broke on our side" },
  "inference-failed": { status: 502, title: "The model did not answer" },
  "inference-busy": { status: 503, title: "The model is busy" },
  "marketplace-unavailable": { status: 503, title: "The payment cannot be verified now" },
  draining: { status: 503, title: "This provider is about to stop" },
  "inference-timeout": { status: 504, title: "The model took too long" },
} as const;

type Extras = { headers?: Readonly<Record<string, string>>; members?: object; cause?: unknown };

/** An expected refusal. Callers see `detail` and `members`: secrets belong in `cause`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: keyof typeof refusals,
    detail: string,
    private readonly extras: Extras = {},
  ) {
    super(detail, { cause: extras.cause });
    this.status = refusals[code].status;
    this.headers = extras.headers ?? {};
  }

  /** Problem details (RFC 9457), with the `error` that OpenAI's own clients read. */
  toJSON(): object {
    const { status, title } = refusals[this.code];
    return {
      ...this.extras.members,
      ...{ type: `urn:superstream-provider:problem:${this.code}`, title, status },
      ...{ detail: this.message, code: this.code },
      error: {
        message: this.message,
        type: status < 500 ? "invalid_request_error" : "api_error",
        code: this.code,
      },
    };
  }
}
