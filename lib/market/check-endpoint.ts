import { isIP } from "node:net";
import { ProblemError } from "@/lib/errors";
import { isPublicAddress } from "@/lib/mpp/public-address";

/** Names that only mean something inside somebody's network. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|test|example|invalid|onion)$/;

/**
 * Checks where a provider says its service is: public https on port 443, or a private upstream that the operator
 * allows by `host:port`. Only the spelling is judged here; the paid door judges the address it really dials.
 *
 * @returns the address without a slash at its end
 * @throws ProblemError `invalid-input`
 */
export function checkEndpoint(endpoint: string, allowedPrivate: readonly string[]): string {
  if (!URL.canParse(endpoint)) throw refusal("Give a URL such as https://api.example.com/v1.");
  const url = new URL(endpoint);
  if (url.username || url.password) throw refusal("A URL with a user or password in it is refused.");
  if (url.search || url.hash || /[?#]/.test(endpoint))
    throw refusal("Give a URL without a query or a fragment.");
  if (/%|\\|\/\/.*\/\//.test(endpoint)) throw refusal("Give a URL without escapes or empty path parts.");
  if (!isAllowedPrivate(url, allowedPrivate) && !isPublicHttps(url))
    throw refusal("Give a public https address on port 443.");
  return url.href.replace(/\/+$/, "");
}

function isAllowedPrivate(url: URL, allowed: readonly string[]): boolean {
  if (url.protocol !== "http:" && url.protocol !== "https:") return false;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return allowed.includes(`${url.hostname}:${port}`);
}

function isPublicHttps(url: URL): boolean {
  if (url.protocol !== "https:" || url.port !== "") return false;
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIP(host)) return isPublicAddress(host);
  return /^([a-z0-9_-]+\.)+[a-z0-9-]{2,}$/.test(host) && !INSIDE.test(host);
}

function refusal(message: string): ProblemError {
  return new ProblemError("invalid-input", `/body/endpoint: ${message}`, {
    extensions: { errors: [{ pointer: "/body/endpoint", message }] },
  });
}
