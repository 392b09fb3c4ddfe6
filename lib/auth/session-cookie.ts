import "server-only";
import { env } from "@/lib/env";
import { SESSION_SECONDS } from "./session-token";

/** `__Host-` binds the cookie to this host over https; browsers refuse that prefix on plain http. */
export function sessionCookieName(): string {
  return isHttps() ? "__Host-session" : "session";
}

/** `Set-Cookie` that signs a browser in, or out when `token` is null. */
export function sessionCookie(token: string | null): string {
  const parts = [
    `${sessionCookieName()}=${token ?? ""}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Max-Age=${token === null ? 0 : SESSION_SECONDS}`,
  ];
  return [...parts, ...(isHttps() ? ["Secure"] : [])].join("; ");
}

/** The token in a `Cookie` header, or null when there is none or more than one. */
export function readSessionCookie(header: string | null): string | null {
  const name = sessionCookieName();
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

function isHttps(): boolean {
  return new URL(env.ORIGIN).protocol === "https:";
}
