import { ProblemError } from "@/lib/errors";
import type { LightRequest } from "@/lib/http/light-message";
import { contentDigest, sha256Hex } from "./digest";

/** Largest request body, in bytes. It is held in memory, because its digest has to be known before it is paid for. */
const BODY_MAX = 256 * 1024;
const PREFIX = "/api/p/";
/** Encoded slashes, dots, backslashes and NUL: harmless to us, but another parser may read a path out of them. */
const SMUGGLED = /%(?:2f|5c|2e|00|25)|\\|\/\//i;

export type DoorTarget = { providerId: string; path: string; pathname: string; search: string };

/**
 * @returns the provider and the path behind `/api/p/{provider}`
 * @throws ProblemError `malformed-request` when the path could be read two ways, `not-found` when it is not a door
 */
export function readDoorTarget(url: string): DoorTarget {
  const { pathname, search } = new URL(url);
  if (SMUGGLED.test(pathname))
    throw new ProblemError("malformed-request", "The path holds encoded or doubled separators.");
  if (!pathname.startsWith(PREFIX))
    throw new ProblemError("not-found", "There is no paid door at this path.");

  const rest = pathname.slice(PREFIX.length);
  const slash = rest.indexOf("/");
  const providerId = slash === -1 ? rest : rest.slice(0, slash);
  return { providerId, path: slash === -1 ? "/" : rest.slice(slash), pathname, search };
}

/** @throws ProblemError `body-too-large` as soon as it is known, before the rest is read */
export async function readBody(request: LightRequest): Promise<Uint8Array> {
  const body = await request.readBody(BODY_MAX);
  if (body) return body;
  throw new ProblemError("body-too-large", `A request body is at most ${BODY_MAX} bytes.`);
}

export type RequestBinding = {
  /** What a challenge is good for: method, path, and digests of the query and of the body. */
  scope: string;
  /** Hex SHA-256 over method, path, query and body: what an idempotency key stands for. */
  requestHash: string;
  /** RFC 9530 digest of the body. */
  requestDigest: string;
};

/** A query counts as it was written; a body counts in the scope except for GET and HEAD, and always in the hash. */
export function bindRequest(
  method: string,
  { pathname, search }: Pick<DoorTarget, "pathname" | "search">,
  body: Uint8Array,
): RequestBinding {
  const requestDigest = contentDigest(body);
  const parts = [`${method} ${pathname}`];
  if (search) parts.push(`query ${contentDigest(search)}`);
  if (method !== "GET" && method !== "HEAD") parts.push(`body ${requestDigest}`);
  return {
    scope: parts.join(" "),
    // NUL cannot occur in a method, path or query, so no two requests give the same text.
    requestHash: sha256Hex(`${method}\0${pathname}\0${search}\0`, body),
    requestDigest,
  };
}
