import type { DemoListing, DemoService } from "./demo-listing";

/** A server-sent event: its name and its data, which must be JSON. */
export type ServiceEvent = { readonly event: string; readonly data: object };

/** A listed service with the program behind it. The input is the one that its schema accepted. */
export type Service = {
  readonly listing: DemoService;
  readonly run:
    | { readonly kind: "answer"; readonly answer: (input: unknown) => object }
    | { readonly kind: "stream"; readonly stream: (input: unknown) => AsyncGenerator<ServiceEvent> };
};

/** A demo provider: what it lists and what it runs, in the same order. */
export type Provider = { readonly listing: DemoListing; readonly services: readonly Service[] };

type Described = Omit<DemoService, "method" | "pricingModel" | "pricePerCall" | "streams" | "example"> & {
  /** Base units, "0" when the stream alone pays. */
  readonly pricePerCall?: string;
};

/** A service that answers once, in JSON. */
export function answeringService<Input extends object>(
  described: Described & { readonly example: Input },
  answer: (input: Input) => object,
): Service {
  // The server calls this only with what `inputSchema` accepted, and Input is that schema's type.
  const run = { kind: "answer", answer: answer as (input: unknown) => object } as const;
  return { listing: list(described, false), run };
}

/** A service that answers with server-sent events, the last of which is `result`. */
export function streamingService<Input extends object>(
  described: Described & { readonly example: Input },
  stream: (input: Input) => AsyncGenerator<ServiceEvent>,
): Service {
  const run = { kind: "stream", stream: stream as (input: unknown) => AsyncGenerator<ServiceEvent> } as const;
  return { listing: list(described, true), run };
}

/** Joins a provider's own words with its services. */
export function provider(
  about: Omit<DemoListing, "services" | "asset">,
  services: readonly Service[],
): Provider {
  const asset = { symbol: "USDCx", decimals: 18 };
  return { listing: { ...about, asset, services: services.map(({ listing }) => listing) }, services };
}

function list(described: Described & { readonly example: object }, streams: boolean): DemoService {
  const pricePerCall = described.pricePerCall ?? "0";
  return {
    ...described,
    method: "POST",
    pricingModel: pricePerCall === "0" ? "per_second" : "fixed",
    pricePerCall,
    streams,
  };
}
