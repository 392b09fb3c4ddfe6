/** The six categories of services (S4.4). */
export const CATEGORIES = [
  "ai_ml",
  "media_processing",
  "scientific_computing",
  "data_analytics",
  "gaming_entertainment",
  "development_tools",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** How a service states its price (S4.4). `per_second`: the stream alone pays. */
export const PRICING_MODELS = [
  "per_second",
  "per_unit",
  "per_hour",
  "per_gb",
  "per_frame",
  "fixed",
  "custom",
] as const;
export type PricingModel = (typeof PRICING_MODELS)[number];
