import "server-only";
import { ProblemError } from "@/lib/errors";
import { checkEndpoint } from "@/lib/market/check-endpoint";

/**
 * Checks where a webhook wants to be sent, by the rules for providers: public https on port 443, or a private `host:port` that the
 * operator allows. Only the spelling is judged here; each delivery judges the address that it really dials.
 *
 * @returns the address as it is stored
 * @throws ProblemError `invalid-input` at /body/url
 */
export function checkWebhookUrl(url: string, allowedPrivate: readonly string[]): string {
  try {
    return checkEndpoint(url, allowedPrivate);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== "invalid-input") throw error;
    const message = error.message.replace(/^\/body\/endpoint: /, "");
    throw new ProblemError("invalid-input", `/body/url: ${message}`, {
      extensions: { errors: [{ pointer: "/body/url", message }] },
      cause: error,
    });
  }
}
