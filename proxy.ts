import { type NextRequest, NextResponse } from "next/server";
import { walletNetwork } from "@/lib/chain/wallet-network";

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
    `connect-src 'self'${nodeOfBrowsers()}${dev ? " ws:" : ""}`,
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Where browsers read the chain. Read at each request, so that the policy follows the settings without a build. */
function nodeOfBrowsers(): string {
  const { CHAIN_ID, RPC_URL, PUBLIC_RPC_URL } = process.env;
  const { rpcUrl } = walletNetwork({
    CHAIN_ID: Number(CHAIN_ID || 31_337),
    RPC_URL: RPC_URL || undefined,
    PUBLIC_RPC_URL: PUBLIC_RPC_URL || undefined,
  });
  return rpcUrl && URL.canParse(rpcUrl) ? ` ${new URL(rpcUrl).origin}` : "";
}

export const config = {
  matcher: [
    {
      source:
        "/((?!api/|metrics|\\.well-known/|openapi.json|openapi/|llms.txt|skill.md|_next/static|_next/image|icon.svg).*)",
      missing: [{ type: "header", key: "next-router-prefetch" }],
    },
  ],
};
