import type { JsonSchema } from "./json-schema";
import type { Source } from "./source";

export type Category =
  | "ai_ml"
  | "media_processing"
  | "scientific_computing"
  | "data_analytics"
  | "gaming_entertainment"
  | "development_tools";

/** One service as the market lists it. */
export type DemoService = {
  /** Unique within its provider. */
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly category: Category;
  readonly capability: string;
  readonly method: "POST";
  /** Below the provider's endpoint; starts with a slash. */
  readonly path: string;
  readonly inputSchema: JsonSchema;
  /** Of the JSON answer; of the `result` event where `streams` is true. */
  readonly outputSchema: JsonSchema;
  /** `per_second`: the stream alone pays. `fixed`: `pricePerCall` comes on top of it. */
  readonly pricingModel: "per_second" | "fixed";
  /** Decimal string of base units of the listing's asset. */
  readonly pricePerCall: string;
  /** A valid input. */
  readonly example: object;
  readonly sources: readonly Source[];
  /** True when the answer is a stream of server-sent events. */
  readonly streams: boolean;
};

/** A provider as the market lists it, and what it serves at `/manifest.json`. Plain data. */
export type DemoListing = {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly category: Category;
  readonly capabilities: readonly string[];
  readonly asset: { readonly symbol: string; readonly decimals: number };
  /** TCP port that the program listens on when nothing else is said. */
  readonly defaultPort: number;
  readonly services: readonly DemoService[];
};
