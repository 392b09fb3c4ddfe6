import "server-only";
import { pool } from "@/lib/db/pool";
import { paths } from "@/lib/paths";
import { HEALTH_STATE } from "./health-sql";
import { keepFresh } from "./keep-fresh";

export type TryService = {
  providerId: string;
  providerName: string;
  slug: string;
  name: string;
  method: "GET" | "POST";
  path: string;
  /** What it takes: its example. */
  example: Record<string, unknown>;
};

/** The answer may be this old: which service is tried first changes seldom. */
const FRESH_MS = 30_000;

/**
 * The service that a newcomer tries first: one that comes with an example to send, that the stream alone pays, of a
 * provider that answers and whose deposit lasts an hour; the shorter its example, the easier it is to understand. Null when
 * there is none.
 */
export const findTryService = keepFresh("try-service", FRESH_MS, readTryService);

/** The same, read now. */
export async function readTryService(): Promise<TryService | null> {
  const { rows } = await pool().query<TryService>(
    `select p.id as "providerId", p.name as "providerName", s.slug, s.name, s.method, s.path, s.example
       from service s join provider p on p.id = s.provider_id left join provider_health h on h.provider_id = p.id
      where s.active and p.active and s.example is not null and s.price_per_call = 0 and s.method = 'POST'
      order by (${HEALTH_STATE} = 'up') desc, (p.deposit_ms >= 3600000) desc, length(s.example::text), s.id limit 1`,
  );
  return rows[0] ?? null;
}

/** Where it is tried: its form, with the steps of a first visit above it. */
export function tryHref({ providerId, slug }: TryService): string {
  return `${paths.provider(providerId)}?service=${encodeURIComponent(slug)}#first-steps`;
}
