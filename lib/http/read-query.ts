import { ProblemError } from "@/lib/errors";

/**
 * The query as an object of texts.
 *
 * @throws ProblemError `malformed-request` when a name comes twice or a text is not UTF-8
 */
export function readQuery(request: Request): Record<string, string> {
  const values = new Map<string, string>();
  const { search, searchParams } = new URL(request.url);
  // A percent sign without two digits would pass as it is: what one reader takes for text another decodes.
  if (/%(?![0-9a-f]{2})/i.test(search)) throw malformed("The query has a broken percent-encoding.");
  for (const [name, value] of searchParams) {
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
