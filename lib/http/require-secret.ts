import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { ProblemError } from "@/lib/errors";

/**
 * Lets a machine in that sends `Authorization: Bearer <expected>`. Compares digests in constant time.
 *
 * @throws ProblemError `sign-in-required`, also when no secret is configured: an unset secret opens nothing
 */
export function requireSecret(request: Request, expected: string | undefined): void {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const sha256 = (text: string) => createHash("sha256").update(text).digest();
  if (given && expected && timingSafeEqual(sha256(given), sha256(expected))) return;
  throw new ProblemError("sign-in-required", "Send the operator's secret as Authorization: Bearer.");
}
