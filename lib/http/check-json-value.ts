import { ProblemError } from "@/lib/errors";

/** Deepest nesting of a body. Deeper ones only cost time. */
const DEPTH_MAX = 32;
/** A NUL, or half of a surrogate pair: legal in JSON, but PostgreSQL text and jsonb hold neither. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * Refuses JSON that no schema of ours means: nested too deep, text that cannot be stored, a number beyond a
 * double (which JSON.parse turns into Infinity), or a key that JavaScript treats specially. Walks without recursion.
 *
 * @throws ProblemError `malformed-json`
 */
export function checkJsonValue(value: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (typeof value === "string") checkText(value);
    if (typeof value === "number" && !Number.isFinite(value)) throw malformed("A number is too large.");
    if (value === null || typeof value !== "object") continue;
    if (depth > DEPTH_MAX) throw malformed(`The body is nested deeper than ${DEPTH_MAX} levels.`);
    for (const [key, child] of Object.entries(value)) {
      checkText(key);
      if (key === "__proto__") throw malformed("The body has a field named __proto__.");
      open.push({ value: child, depth: depth + 1 });
    }
  }
}

function checkText(text: string): void {
  if (UNSTORABLE.test(text)) throw malformed("A text has a NUL character or half of a surrogate pair.");
}

function malformed(detail: string): ProblemError {
  return new ProblemError("malformed-json", detail);
}
