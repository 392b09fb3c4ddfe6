import "server-only";
import { createHash } from "node:crypto";

/** Who asks, and under which key. Without a key the operation runs each time it is called. */
export type Operation = { actor: string; idempotencyKey?: string | undefined };

/**
 * The members that `claim_operation` reads: lower-case actor, key, and a hash of what was asked, so that the same key
 * with another body is a conflict. Keys of `input` are sorted: the order of members says nothing.
 */
export function operation(name: string, by: Operation, input: Record<string, unknown>) {
  const actor = by.actor.toLowerCase();
  const requestHash = createHash("sha256")
    .update(canonical([name, input]))
    .digest("hex");
  return { ...input, actor, idempotencyKey: by.idempotencyKey ?? null, requestHash };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member) => {
    if (typeof member === "bigint") return member.toString();
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
