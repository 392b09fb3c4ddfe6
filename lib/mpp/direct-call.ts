import "server-only";
import { newId } from "@/lib/streams/new-id";
import { sha256Hex } from "./digest";
import type { DoorCall } from "./door-call";
import type { Door } from "./door-types";
import { findService } from "./find-service";
import type { Credentials } from "./read-credentials";
import type { RequestBinding } from "./read-door-request";
import { streamOffers } from "./stream-offers";
import { chooseTier } from "./stream-terms";

/** One request that a caller sent to a provider's own address, as the provider tells it. */
export type DirectRequest = {
  method: string;
  /** Behind the endpoint. */
  path: string;
  /** With its question mark; empty without one. */
  search: string;
  /** RFC 9530 digest of the body. */
  requestDigest: string;
};

/**
 * A direct call as the door would read it, but for three things that keep the two apart: what a challenge is for begins with the
 * provider's address, a session token is hashed for that provider, and the ledger logs the whole address as the path
 * (`isDirectPath`). So nothing that was signed or issued for the one is good for the other.
 *
 * @throws ProblemError `service-not-found`, `method-not-allowed` or `unknown-tier`
 */
export function directCall(
  door: Door,
  request: DirectRequest,
  credentials: Credentials,
  chain: Parameters<typeof streamOffers>[3],
): DoorCall {
  const { provider } = door;
  const { service, path } = findService(door, request.method, request.path);
  const tier = chooseTier(door, credentials.tier);
  const pathname = `${provider.endpoint}${path}`;
  const { search } = request;
  return {
    requestId: newId("req"),
    method: request.method,
    target: { providerId: provider.id, path, pathname, search },
    headers: new Headers(),
    body: new Uint8Array(),
    resource: pathname + search,
    binding: bindDirect(request, pathname),
    // A provider sees the tokens of its direct callers. Where a call has a price of its own, each one is signed for.
    credentials: service.pricePerCall > 0n ? { ...credentials, session: null } : credentials,
    hashSession: (token) => sha256Hex(`direct\0${provider.id}\0${token}`),
    door,
    service,
    path,
    tier,
    get offers() {
      return streamOffers(door, service, tier, chain);
    },
  };
}

/** Whether the ledger's log of a call says that it went past the door: a door's own paths begin with a slash. */
export function isDirectPath(path: string): boolean {
  return !path.startsWith("/");
}

function bindDirect({ method, search, requestDigest }: DirectRequest, pathname: string): RequestBinding {
  return {
    scope: `${method} ${pathname}${search} body ${requestDigest}`,
    requestHash: sha256Hex(`${method}\0${pathname}\0${search}\0${requestDigest}`),
    requestDigest,
  };
}
