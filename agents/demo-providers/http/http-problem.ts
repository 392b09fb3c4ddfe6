import type { InputError } from "../shared/invalid-input";

/** Every refusal of a demo provider. The key ends the `type` URN. */
const problems = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "not-found": { status: 404, title: "No such route" },
  "method-not-allowed": { status: 405, title: "The route exists, but not for this method" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be plain application/json" },
  "invalid-input": { status: 422, title: "The input is not valid" },
  internal: { status: 500, title: "Something broke on our side" },
} as const;

type Extras = {
  readonly errors?: readonly InputError[];
  readonly headers?: Readonly<Record<string, string>>;
};

/** An expected refusal, answered as RFC 9457 problem details. Callers see `detail`. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;

  constructor(
    readonly code: keyof typeof problems,
    detail: string,
    readonly extras: Extras = {},
  ) {
    super(detail);
    this.status = problems[code].status;
  }

  /** The body that goes on the wire. */
  toJSON(): object {
    const { status, title } = problems[this.code];
    const type = `urn:demo-provider:problem:${this.code}`;
    const errors = this.extras.errors ? { errors: this.extras.errors } : {};
    return { type, title, status, detail: this.message, ...errors };
  }
}
