import { z } from "zod";
import type { SiteApi } from "../client/site-api";

/** A market of more pages than this is looked at in the browser. */
const PAGES_MAX = 20;

/** All pages of a list. @param path with its query @throws Error when there are more than 2,000 items, or one is not as it should be */
export async function listAll<T extends z.ZodType>(
  api: SiteApi,
  path: string,
  item: T,
): Promise<z.output<T>[]> {
  const page = z.looseObject({ items: z.array(item), nextCursor: z.string().nullable() });
  const items: z.output<T>[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) });
    const answer: { items: z.output<T>[]; nextCursor: string | null } = page.parse(
      await api.get(`${path}${path.includes("?") ? "&" : "?"}${query}`),
    );
    items.push(...answer.items);
    if (answer.nextCursor === null) return items;
    cursor = answer.nextCursor;
  }
  throw new Error(`There are more than ${items.length}: narrow the search.`);
}
