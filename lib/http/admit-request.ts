import "server-only";
import type { IncomingMessage } from "node:http";
import { PEER_HEADER } from "./client-ip";

/** Longest header field, in bytes: a challenge or a credential stays below it (draft-httpauth-payment-00). */
const HEADER_BYTES_MAX = 8_192;

/** Headers by which Next's parts talk to each other; from outside they have been a way past middleware (CVE-2025-29927). */
const INTERNAL = /^(x-middleware-|x-nextjs-|x-now-|x-invoke-|x-matched-path$|x-next-resume-|next-resume$)/;

export type EarlyRefusal = 400 | 404 | 405 | 431;

/**
 * Looks at a request before anything else does: takes out what only our own parts may say, notes the peer's address
 * under `x-superstream-peer`, and names the status to refuse with, or null to go on.
 */
export function admitRequest(incoming: IncomingMessage): EarlyRefusal | null {
  const { method, rawHeaders, url = "" } = incoming;
  if (!url.startsWith("/")) return 400; // The forms for proxies: `GET http://…`, `OPTIONS *`.
  const path = decodedPath(url);
  if (path === null) return 400; // Next answers broken percent-encoding with 500.
  if (path.startsWith("/_next/data/")) return 404; // Pages that we do not have: Next answers with 500.
  if (method === "TRACE") return 405; // Would echo credentials, and Fetch has no such request.

  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    // Node reads each byte as one character.
    if (name.length + value.length > HEADER_BYTES_MAX) return 431;
    const lower = name.toLowerCase();
    if (INTERNAL.test(lower) || lower === PEER_HEADER) delete incoming.headers[lower];
    else kept.push(name, value);
  }
  const peer = incoming.socket.remoteAddress ?? "unknown";
  incoming.headers[PEER_HEADER] = peer;
  kept.push(PEER_HEADER, peer);
  incoming.rawHeaders = kept;
  return null;
}

/** The path as a router reads it, or null when it is no UTF-8 behind its percent signs. */
function decodedPath(url: string): string | null {
  const path = url.split("?", 1)[0] ?? "";
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
