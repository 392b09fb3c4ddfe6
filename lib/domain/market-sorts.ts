/** `fastest`: by the last probe's latency. `reliable`: by the share of probes of 30 days that were answered. */
export const MARKET_SORTS = ["name", "price", "newest", "fastest", "reliable"] as const;
export type MarketSort = (typeof MARKET_SORTS)[number];
