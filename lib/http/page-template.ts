/** Pages and documents by the first part of their path; what they are about comes behind it. */
const FIRST = new Set([
  "alerts",
  "compare",
  "docs",
  "problems",
  "providers",
  "receipts",
  "setup",
  "simulator",
  "status",
  "streams",
  "wallet",
]);

/**
 * The route template of a page for counting: `/streams/{rest}`. Null for what counts itself (the API, documents,
 * `/metrics`) and for the files that a page consists of.
 */
export function pageTemplate(url: string): string | null {
  const path = url.split("?", 1)[0] ?? "";
  const [, first = "", ...rest] = path.split("/");
  if (first === "") return "/";
  if (FIRST.has(first)) return rest.length > 0 ? `/${first}/{rest}` : `/${first}`;
  const counted = [
    "api",
    "_next",
    ".well-known",
    "metrics",
    "openapi",
    "openapi.json",
    "llms.txt",
    "skill.md",
  ].includes(first);
  return counted ? null : "/{unknown}";
}
