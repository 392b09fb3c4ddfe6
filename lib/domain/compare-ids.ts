/** More than this many do not fit beside each other. */
export const COMPARE_MAX = 4;

/** The providers that an address compares: `ids=a,b` from a link, `ids=a&ids=b` from a form. Each once, four at most. */
export function compareIds(param: string | readonly string[] | undefined): string[] {
  const ids = [param ?? []].flat().flatMap((text) => text.split(","));
  return [...new Set(ids.filter((id) => /^[a-z0-9][a-z0-9-]{1,62}$/.test(id)))].slice(0, COMPARE_MAX);
}
