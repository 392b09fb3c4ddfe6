import { ProblemError } from "@/lib/errors";
import { databaseTrouble } from "@/lib/http/database-trouble";

/** While the ledger cannot be asked, nobody is told to pay: 503, and the same call again in a moment. */
export function unverifiable(error: unknown): ProblemError | null {
  const trouble = databaseTrouble(error);
  return (
    trouble &&
    new ProblemError(
      "stream/verification-unavailable",
      "The ledger cannot be asked now. Do not pay again; retry.",
      {
        extensions: { retryAfterSeconds: 1 },
        cause: error,
      },
    )
  );
}
