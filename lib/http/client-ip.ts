import "server-only";
import { env } from "@/lib/env";

/** Set by our own server from the socket, after it removed whatever the client sent under that name. */
export const PEER_HEADER = "x-superstream-peer";

/**
 * The address to count a caller by: the one that the outermost trusted proxy saw. `TRUSTED_PROXIES` tells how many
 * hops, from the right, are ours; entries further left are the caller's own words and are ignored.
 */
export function clientIp(request: { headers: Headers }): string {
  const forwarded = (request.headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  const peer = request.headers.get(PEER_HEADER);
  const hops = [...forwarded.filter(Boolean), ...(peer ? [peer] : [])];
  // Without our server in front (Vercel), the right-most forwarded entry was written by the first trusted proxy.
  const fromRight = peer ? env.TRUSTED_PROXIES : env.TRUSTED_PROXIES - 1;
  if (fromRight < 0) return "direct";
  return hops[Math.max(0, hops.length - 1 - fromRight)] ?? "direct";
}
