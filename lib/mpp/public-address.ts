import ipaddr from "ipaddr.js";

/** IPv4-compatible addresses (`::127.0.0.1`, deprecated by RFC 4291), which ipaddr.js calls ordinary unicast. */
const V4_COMPATIBLE = ipaddr.parseCIDR("::/96");

/** Whether an IP literal is a public unicast address. Anything unknown, special or unparsable is not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address); // Unwraps ::ffff:a.b.c.d.
  if (ip.kind() === "ipv6" && ip.match(V4_COMPATIBLE)) return false;
  return ip.range() === "unicast";
}
