import type { z } from "zod";
import { ProblemError } from "@/lib/errors";

/** An opaque cursor: where the next page begins. It is no secret and carries no right. */
export function encodeCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * Reads a cursor back.
 *
 * @throws ProblemError `invalid-input` when it is not one of this list's
 */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parse(cursor));
  // PostgreSQL text holds no NUL, and no cursor of ours has one.
  if (parsed.success && !JSON.stringify(parsed.data).includes("\\u0000")) return parsed.data;
  throw new ProblemError(
    "invalid-input",
    "/query/cursor: Give the nextCursor of an earlier answer of this list.",
    {
      extensions: { errors: [{ pointer: "/query/cursor", message: "Not a cursor of this list." }] },
    },
  );
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(cursor, "base64url")));
  } catch {
    return null; // Not a cursor: the schema refuses null.
  }
}
