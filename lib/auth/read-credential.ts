import "server-only";
import { readSessionCookie } from "./session-cookie";

export type SessionCredential = { token: string; from: "bearer" | "cookie" };

/**
 * The session token that a request carries. An `Authorization: Bearer` header wins, because a browser never adds
 * one by itself; a header that is something else does not fall back to the cookie.
 */
export function readCredential(request: Request): SessionCredential | null {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(authorization)?.[1];
    return token ? { token, from: "bearer" } : null;
  }
  const token = readSessionCookie(request.headers.get("cookie"));
  return token ? { token, from: "cookie" } : null;
}
