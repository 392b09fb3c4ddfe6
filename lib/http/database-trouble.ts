import { ProblemError } from "@/lib/errors";

/** Socket errors, SQLSTATE classes and Prisma codes that pass by themselves: waiting helps, a bug report does not. */
const PASSING =
  /^(ECONN(REFUSED|RESET)|EPIPE|ENOTFOUND|ETIMEDOUT|08...|53...|57P0[123]|57014|55P03|40001|40P01|P1001|P1002|P1008|P1017|P20(24|28|34))$/;

/** What pg says without a code, because its connection was cut or none was to be had. */
const CUT_OFF =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** A `ProblemError` for a database that is away or overloaded, or null when the error is something else. */
export function databaseTrouble(error: unknown): ProblemError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = "code" in at ? at.code : undefined;
    if ((typeof code === "string" && PASSING.test(code)) || CUT_OFF.test(at.message))
      return new ProblemError(
        "unavailable",
        // A connection that was cut may have taken the answer of a finished change with it.
        "The database does not answer now. Try again; with the same Idempotency-Key nothing is done twice.",
        {
          extensions: { retryAfterSeconds: 1 },
          cause: error,
        },
      );
  }
  return null;
}
