import { ProblemError } from "@/lib/errors";

/**
 * The query as an object of texts.
 *
 * @throws ProblemError `malformed-request` when a name comes twice or a text is not UTF-8
 */
export function readQuery(request: Request): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URL(request.url).searchParams) {
    if (values.has(name)) throw malformed(`The query names ${JSON.stringify(name.slice(0, 64))} twice.`);
    // URLSearchParams turns broken percent-encoding into U+FFFD; PostgreSQL text holds no NUL.
    if (/[\0\uFFFD]/.test(name + value)) throw malformed("The query is not UTF-8 text.");
    values.set(name, value);
  }
  return Object.fromEntries(values);
}

function malformed(detail: string): ProblemError {
  return new ProblemError("malformed-request", detail);
}
