import type { ProviderConfig } from "./read-config";
import type { ServiceKind } from "./service-kinds";
import { soldServices } from "./sold-services";

/** What buyers search for. */
const CAPABILITIES: Record<ServiceKind, string> = {
  text: "text-generation",
  code: "code-generation",
  image: "image-generation",
  transcription: "speech-to-text",
  speech: "text-to-speech",
};

/** What the market has of a provider, as far as it is compared and kept. */
export type Listed = { name: string; description: string; endpoint: string };

/**
 * The registration of this provider: one model at one price. All three tiers are the same, so that none is cheaper than the price.
 *
 * @param earlier what it was registered with before: a name or description that people gave it stays
 */
export function listingOf(config: ProviderConfig, id: string, endpoint: string, earlier: Listed | null) {
  const kinds = config.kinds;
  const tier = {
    rate: { amount: String(config.pricePerSecond), periodMs: 1_000 },
    maxRequestsPerHour: config.maxRequestsPerHour,
    priority: "normal",
  };
  return {
    id,
    name: config.name ?? earlier?.name ?? config.model.slice(0, 80),
    description: earlier?.description ?? `${config.model} by the second. OpenAI-compatible.`,
    endpoint,
    capabilities: kinds.map((kind) => CAPABILITIES[kind]),
    category: "ai_ml",
    model: config.model,
    serviceType: 0,
    depositMs: config.depositSeconds * 1_000,
    maxConcurrency: config.maxConcurrency,
    active: true,
    tierOverrides: { basic: tier, professional: tier, enterprise: tier },
    services: soldServices(kinds).map((service) => ({
      slug: service.slug,
      name: service.name,
      description: service.description,
      category: service.category,
      capability: CAPABILITIES[service.kinds.find((kind) => kinds.includes(kind)) ?? "text"],
      method: "POST",
      path: service.path,
      inputSchema: service.inputSchema,
      outputSchema: service.outputSchema,
      pricingModel: "per_second",
      ...(service.example ? { example: service.example } : {}),
    })),
  };
}

/** A name of the market's form, the same for one wallet and model at every start: `llama-3-3-70b-1a2b3c4d5e6f`. */
export function providerIdFor(model: string, address: string): string {
  const words = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `${words || "model"}-${address.slice(2, 14).toLowerCase()}`.replace(/-{2,}/g, "-");
}
