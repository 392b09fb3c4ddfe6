import { LEDGER_ASSET } from "@/lib/domain/asset";
import { type Facet, type HealthState, PRICE_BANDS, SERVICE_TYPES } from "@/lib/domain/market-facet";
import type { Category } from "@/lib/market/categories";
import { categoryName } from "./category-name";
import { stateLooks } from "./health-words";

export const facetNames: Record<Facet, string> = {
  category: "Category",
  capability: "Capability",
  price: "Price a day",
  serviceType: "Kind of work",
  health: "Health",
};

/** A facet's value as people read it. */
export function facetValueName(facet: Facet, value: string): string {
  switch (facet) {
    case "category":
      return categoryName(value as Category);
    case "capability":
      return value;
    case "price":
      return priceName(value);
    case "serviceType":
      return SERVICE_TYPES.find(({ id }) => String(id) === value)?.name ?? value;
    case "health":
      return stateLooks[value as HealthState].text;
  }
}

function priceName(id: string): string {
  const band = PRICE_BANDS.find((candidate) => candidate.id === id);
  if (!band) return id;
  const { symbol } = LEDGER_ASSET;
  if (band.max === null) return `${band.min} ${symbol} and more`;
  return band.min === 0n ? `under ${band.max} ${symbol}` : `${band.min} to ${band.max} ${symbol}`;
}
