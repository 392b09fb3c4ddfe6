import "server-only";
import pino, { type Logger } from "pino";
import { env } from "@/lib/env";

/** Anything that could sign in or pay. Names are matched at the first two levels of a logged object. */
const SECRET_NAMES = [
  "authorization",
  "cookie",
  "token",
  "signature",
  "password",
  "secret",
  "secretKey",
  "connectionString",
];

/** The server's log: JSON lines on stdout. Never give it headers, bodies or query strings. */
export const logger: Logger = pino({
  level: env.LOG_LEVEL,
  base: null,
  redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
  serializers: { error: describeError },
});

/** An error for the log: names, messages and stack, with whatever looks like a credential masked. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: maskSecrets(String(error)) };
  return {
    name: error.name,
    message: maskSecrets(error.message),
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    stack: maskSecrets(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Masks authorisation values, passwords in URLs, long tokens, and hex of a signature or a private key. */
export function maskSecrets(text: string): string {
  return text
    .replace(/\b(Bearer|Payment|Basic)\s+[^\s"',;]+/gi, "$1 [redacted]")
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, "$1:[redacted]@")
    .replace(/\b0x[0-9a-f]{64,}\b/gi, "0x[redacted]")
    .replace(/\b[A-Za-z0-9_-]{43,}\b/g, "[redacted]");
}
