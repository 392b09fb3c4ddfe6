import "server-only";
import { ProblemError } from "@/lib/errors";
import { ownOrigins } from "@/lib/http/own-origins";

/**
 * Stops other sites from acting through a visitor's cookie. Browsers send `Origin` with every unsafe request; where
 * one is missing, `Sec-Fetch-Site` must say that the request is from this very origin.
 *
 * @throws ProblemError `forbidden-origin`
 */
export function requireOwnOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const own =
    origin === null ? request.headers.get("sec-fetch-site") === "same-origin" : ownOrigins().includes(origin);
  if (!own) throw new ProblemError("forbidden-origin", "This request came from another site.");
}
