/** What the market can be narrowed by, besides the words searched for. Within one facet any value fits; facets all have to. */
export const FACETS = ["category", "capability", "price", "serviceType", "health"] as const;
export type Facet = (typeof FACETS)[number];

/** Whole tokens a day of the looked-at tier: from `min`, up to but not including `max`. */
export const PRICE_BANDS = [
  { id: "0-1", min: 0n, max: 1n },
  { id: "1-5", min: 1n, max: 5n },
  { id: "5-20", min: 5n, max: 20n },
  { id: "20-100", min: 20n, max: 100n },
  { id: "100", min: 100n, max: null },
] as const;
export const PRICE_BAND_IDS = PRICE_BANDS.map(({ id }) => id);
export type PriceBandId = (typeof PRICE_BANDS)[number]["id"];

/** What kind of work is sold (S1.1): the numbers that providers register. */
export const SERVICE_TYPES = [
  { id: 0, name: "Compute" },
  { id: 1, name: "Audit" },
  { id: 2, name: "Data" },
] as const;

/** What the last probes of a provider say. */
export const HEALTH_STATES = ["up", "degraded", "down", "unknown"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];
