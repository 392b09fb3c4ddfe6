import type { z } from "zod";
import { ProblemError } from "@/lib/errors";

export type InputPart = "body" | "query" | "path" | "headers";

/**
 * Parses what a caller sent, or refuses with `invalid-input` and `errors: [{pointer, message}]`. A pointer is an
 * RFC 6901 JSON pointer into `{body, query, path, headers}`. What was sent is never repeated in the answer.
 */
export function parseInput<Schema extends z.ZodType>(
  part: InputPart,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => toErrors(part, issue)).slice(0, 20);
  const first = errors[0];
  throw new ProblemError(
    "invalid-input",
    first ? `${first.pointer}: ${first.message}` : "The input is not valid.",
    {
      extensions: { errors },
    },
  );
}

function toErrors(part: InputPart, issue: z.core.$ZodIssue): { pointer: string; message: string }[] {
  if (issue.code !== "unrecognized_keys")
    return [{ pointer: pointerTo(part, issue.path), message: issue.message }];
  return issue.keys.map((key) => ({
    pointer: pointerTo(part, [...issue.path, key.slice(0, 64)]),
    message: "This field is not known here.",
  }));
}

function pointerTo(part: InputPart, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
  return `/${[part, ...steps].join("/")}`;
}
