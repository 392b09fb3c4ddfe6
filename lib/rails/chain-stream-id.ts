import "server-only";
import { createHash } from "node:crypto";

/** Our id of a stream on a chain: the same whoever indexes it, and whenever. What is on a chain is public, so it need not be secret. */
export function chainStreamId({ chainId, subject }: { chainId: number; subject: string }): string {
  const name = createHash("sha256").update(`${chainId}:${subject}`).digest("hex");
  return `str_${name.slice(0, 32)}`;
}
