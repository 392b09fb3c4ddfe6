import "server-only";
import { pool } from "@/lib/db/pool";
import type { TierName } from "@/lib/domain/tier";
import { HEALTH_STATE } from "./health-sql";
import { PRICE_OVER_210_DAYS } from "./price-sql";
import {
  PROVIDER_COLUMNS,
  type ProviderRow,
  type ProviderView,
  type TierView,
  toProviderView,
} from "./provider-row";

export type Cheapest = Pick<ProviderView, "id" | "name" | "door" | "asset"> & { tier: TierView };

/**
 * The cheapest active provider that has a capability, or offers an exact model, by the price of one tier (S1.3).
 * Of equal prices the oldest provider wins. Null when nobody offers it.
 */
export async function findCheapest(wanted: {
  capability?: string | undefined;
  model?: string | undefined;
  tier?: TierName | undefined;
  /** Only among those whose health is up. */
  healthy?: boolean;
}): Promise<Cheapest | null> {
  const { capability = null, model = null, tier = "basic", healthy = false } = wanted;
  const database = pool();
  const { rows } = await database.query<ProviderRow>(
    `select ${PROVIDER_COLUMNS}
       from provider p join provider_tier t on t.provider_id = p.id and t.name = $3
            left join provider_health h on h.provider_id = p.id
      where p.active and ($1::text is null or $1 = any (p.capabilities)) and ($2::text is null or p.model = $2)
        and (not $4::boolean or ${HEALTH_STATE} = 'up')
      order by ${PRICE_OVER_210_DAYS}, p.created_at, p.id
      limit 1`,
    [capability, model, tier, healthy],
  );
  if (!rows[0]) return null;
  const { id, name, door, asset, tiers } = toProviderView(rows[0]);
  const offer = tiers.find((candidate) => candidate.name === tier);
  if (!offer) throw new Error(`Provider ${id} was joined by its tier ${tier} but does not list it.`);
  return { id, name, door, asset, tier: offer };
}
