/** One thing that is wrong with an input. */
export type InputError = {
  /** JSON Pointer (RFC 6901) into the body; "" is the body itself. */
  readonly pointer: string;
  readonly message: string;
  /** Unit of the value that was expected there, when it has one. */
  readonly unit?: string;
};

/** The input fits its schema but breaks a rule that a schema cannot say. Answered as 422, like a schema's refusal. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";

  constructor(readonly errors: readonly InputError[]) {
    super(errors.map(({ pointer, message }) => `${pointer} ${message}`).join("; "));
  }
}
