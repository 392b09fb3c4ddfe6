import { PEER_HEADER } from "@/lib/http/client-ip";

/** By these the caller is counted; our own server and the proxies that are trusted have written them. */
const CALLER_HEADERS = [PEER_HEADER, "x-forwarded-for"];

/**
 * A request of our own HTTP API on behalf of who called the tool: counted by the same address, and with nothing else of what came but
 * what is passed. A cookie never goes with it: a page of somebody else could ride on it.
 *
 * @param url absolute, on our public origin
 */
export function innerRequest(
  outer: Request,
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string | undefined>; body?: unknown },
): Request {
  const all = new Headers();
  for (const name of CALLER_HEADERS) {
    const value = outer.headers.get(name);
    if (value !== null) all.set(name, value);
  }
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all.set(name, value);
  if (body !== undefined) all.set("Content-Type", "application/json");
  return new Request(url, {
    method,
    headers: all,
    signal: outer.signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
