import { LEDGER_ASSET } from "@/lib/domain/asset";
import { type Facet, type HealthState, PRICE_BANDS, type PriceBandId } from "@/lib/domain/market-facet";
import type { TierName } from "@/lib/domain/tier";
import { HEALTH_STATE } from "./health-sql";
import { PRICE_OVER_210_DAYS } from "./price-sql";

/** Which providers are wanted. A list takes any of its values; an empty one takes all. */
export type MarketFilters = {
  search?: string | undefined;
  capability?: string | readonly string[] | undefined;
  category?: string | readonly string[] | undefined;
  model?: string | undefined;
  /** The tier that prices are looked at of; basic if absent. */
  tier?: TierName | undefined;
  /** Base units a day. */
  priceMax?: bigint | undefined;
  price?: readonly PriceBandId[] | undefined;
  serviceType?: readonly number[] | undefined;
  health?: readonly HealthState[] | undefined;
};

export type Bind = (value: unknown) => string;
type Conditions = Partial<Record<Facet | "search" | "fixed", string>>;

/** The wishes as SQL over `provider p`, its looked-at tier `t` and its health `h`, each by itself, so that a facet can leave its own out. */
export function marketConditions(filters: MarketFilters, bind: Bind): Conditions {
  const { search, model, priceMax } = filters;
  const [category, capability] = [listOf(filters.category), listOf(filters.capability)];
  const { price = [], serviceType = [], health = [] } = filters;
  const fixed = [
    ...(model ? [`p.model = ${bind(model)}`] : []),
    ...(priceMax === undefined
      ? []
      : [`t.rate_amount * 86400000 <= ${bind(String(priceMax))}::numeric * t.rate_period_ms`]),
  ];
  return {
    ...(fixed.length > 0 ? { fixed: fixed.join(" and ") } : {}),
    ...(category.length > 0 ? { category: `p.category = any (${bind(category)}::text[])` } : {}),
    ...(capability.length > 0 ? { capability: `p.capabilities && ${bind(capability)}::text[]` } : {}),
    ...(serviceType.length > 0
      ? { serviceType: `p.service_type = any (${bind(serviceType)}::smallint[])` }
      : {}),
    ...(health.length > 0 ? { health: `${HEALTH_STATE} = any (${bind(health)}::text[])` } : {}),
    ...(price.length > 0 ? { price: `(${price.map((id) => bandSql(id, bind)).join(" or ")})` } : {}),
    ...(search
      ? {
          search: `strpos(lower(concat_ws(' ', p.id, p.name, p.description, p.model, array_to_string(p.capabilities, ' '))),
                  lower(${bind(search)})) > 0`,
        }
      : {}),
  };
}

/** The band of a price, as SQL that gives its id. */
export const PRICE_BAND = `case ${PRICE_BANDS.map(({ id, max }) =>
  max === null ? `else '${id}'` : `when ${PRICE_OVER_210_DAYS} < ${over210Days(max)} then '${id}'`,
).join(" ")} end`;

function bandSql(id: PriceBandId, bind: Bind): string {
  const band = PRICE_BANDS.find((candidate) => candidate.id === id);
  if (!band) throw new RangeError(`No price band is called ${id}.`);
  const from = `${PRICE_OVER_210_DAYS} >= ${bind(over210Days(band.min))}::numeric`;
  return band.max === null
    ? `(${from})`
    : `(${from} and ${PRICE_OVER_210_DAYS} < ${bind(over210Days(band.max))}::numeric)`;
}

/** Whole tokens a day as `PRICE_OVER_210_DAYS` counts. */
function over210Days(tokensADay: bigint): string {
  return String(tokensADay * 10n ** BigInt(LEDGER_ASSET.decimals) * 210n);
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
