import { type NextRequest, NextResponse } from "next/server";

/**
 * Headers of every page. The nonce lets exactly our own scripts run; Next reads it from the request's policy, pages read
 * `x-nonce`. Routes under /api answer data, for which next to nothing is allowed.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, { dev: process.env.NODE_ENV === "development" });

  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function contentSecurityPolicy(nonce: string, { dev }: { dev: boolean }): string {
  return [
    "default-src 'self'",
    // React's development build evaluates strings to show stack traces of the server.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'", // RainbowKit writes style elements and takes no nonce.
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' http://127.0.0.1:8545 http://localhost:8545${dev ? " ws:" : ""}`, // A local node's RPC.
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = {
  matcher: [
    {
      source:
        "/((?!api/|metrics|\\.well-known/|openapi.json|openapi/|llms.txt|_next/static|_next/image|icon.svg).*)",
      missing: [{ type: "header", key: "next-router-prefetch" }],
    },
  ],
};
