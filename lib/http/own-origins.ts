import "server-only";
import { env } from "@/lib/env";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Origins of this site: `ORIGIN`, and on loopback the other spellings of the same port. */
export function ownOrigins(): string[] {
  const own = new URL(env.ORIGIN);
  if (!LOOPBACK.includes(own.hostname)) return [own.origin];
  const port = own.port ? `:${own.port}` : "";
  return LOOPBACK.map((host) => `${own.protocol}//${host}${port}`);
}
