import "server-only";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";
import { SERVICE_COLUMNS, type ServiceRow, type ServiceView, toServiceView } from "./service-row";

export type ServiceFilters = {
  category?: string | undefined;
  search?: string | undefined;
  provider?: string | undefined;
  capability?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
};

/** Services of active providers by provider and slug, a page at a time. */
export async function listServices(
  filters: ServiceFilters,
): Promise<{ items: ServiceView[]; nextCursor: string | null }> {
  const { category = null, search = null, provider = null, capability = null, limit = 20 } = filters;
  const [afterProvider, afterSlug] = filters.cursor
    ? decodeCursor(filters.cursor, z.tuple([z.string().max(63), z.string().max(64)]))
    : [null, null];
  const { rows } = await pool().query<ServiceRow>(
    `select ${SERVICE_COLUMNS} from service s join provider p on p.id = s.provider_id
      where s.active and p.active
        and ($1::text is null or s.category = $1) and ($2::text is null or s.provider_id = $2)
        and ($3::text is null or s.capability = $3)
        and ($4::text is null or strpos(lower(concat_ws(' ', s.slug, s.name, s.description, s.capability)), lower($4)) > 0)
        and ($5::text is null or (s.provider_id, s.slug) > ($5, $6::text))
      order by s.provider_id, s.slug limit $7`,
    [category, provider, capability, search, afterProvider, afterSlug, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(toServiceView),
    nextCursor: last ? encodeCursor([last.providerId, last.slug]) : null,
  };
}
