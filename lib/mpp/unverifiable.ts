import { ProblemError } from "@/lib/errors";
import { databaseTrouble } from "@/lib/http/database-trouble";

/**
 * While the ledger cannot be asked, nobody is told to pay: 503, and the same call again in a moment. Null for any other error,
 * also for a refusal whose cause looks the same: a provider's connection can be refused as ours can.
 */
export function unverifiable(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return null;
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
