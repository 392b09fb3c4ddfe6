import { z } from "zod";
import { SiteRefused } from "../client/site-api";
import { listingOf, providerIdFor } from "./listing";
import type { Marketplace } from "./marketplace";
import type { ProviderConfig } from "./read-config";

export type Registered = {
  providerId: string;
  endpoint: string;
  what: "registered" | "updated" | "unchanged";
  /** Set when an endpoint on the net was kept instead of one on this machine. */
  warning: string | null;
};

const tier = z.looseObject({
  name: z.string(),
  rate: z.looseObject({ amount: z.string(), periodMs: z.number() }),
  maxRequestsPerHour: z.number(),
  priority: z.string(),
});
const found = z.looseObject({
  id: z.string(),
  owner: z.string(),
  name: z.string(),
  description: z.string(),
  endpoint: z.string(),
  capabilities: z.array(z.string()),
  category: z.string(),
  model: z.string().nullable(),
  depositMs: z.number(),
  maxConcurrency: z.number(),
  active: z.boolean(),
  services: z.number(),
  createdAt: z.string(),
  tiers: z.array(tier),
});
const page = z.looseObject({ items: z.array(found), nextCursor: z.string().nullable() });
const services = z.looseObject({
  items: z.array(
    z.looseObject({ slug: z.string(), method: z.string(), path: z.string(), capability: z.string() }),
  ),
});
type Found = z.infer<typeof found>;

/**
 * Lists this provider in the marketplace, once for its wallet and model however often it starts: what is there is used again, and
 * changed only where the settings differ from it.
 *
 * An endpoint that the net reaches is never replaced by one of this machine: a start without `ENDPOINT_URL` would take the provider
 * off the market.
 */
export async function register(config: ProviderConfig, market: Marketplace): Promise<Registered> {
  const earlier = await findEarlier(config, market);
  const keep = earlier !== null && isLoopback(config.endpoint) && !isLoopback(earlier.endpoint);
  const endpoint = keep ? earlier.endpoint : config.endpoint;
  const warning = keep
    ? `The endpoint stays ${earlier.endpoint}: ${config.endpoint} is this machine's own. Set ENDPOINT_URL to change it.`
    : null;
  const id = earlier?.id ?? config.providerId ?? providerIdFor(config.model, config.account.address);
  const listing = listingOf(config, id, endpoint, earlier);
  if (earlier && (await same(listing, earlier, market)))
    return { providerId: id, endpoint, what: "unchanged", warning };
  try {
    await market.post("/api/v1/providers", listing);
  } catch (error) {
    if (!(error instanceof SiteRefused) || error.code !== "provider-taken") throw error;
    throw new Error(`The name ${id} belongs to somebody else: set PROVIDER_ID to another one.`, {
      cause: error,
    });
  }
  return { providerId: id, endpoint, what: earlier ? "updated" : "registered", warning };
}

/** By its name, if one is set; else the oldest of this wallet and model, else one that was switched off. */
async function findEarlier(config: ProviderConfig, market: Marketplace): Promise<Found | null> {
  const mine = (provider: Found) => provider.owner.toLowerCase() === config.account.address.toLowerCase();
  if (config.providerId) return byId(config.providerId);

  const twins: Found[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ model: config.model, limit: "100", ...(cursor ? { cursor } : {}) });
    const answer: z.infer<typeof page> = page.parse(await market.anybody.get(`/api/v1/providers?${query}`));
    twins.push(...answer.items.filter((provider) => mine(provider) && provider.model === config.model));
    cursor = answer.nextCursor;
  } while (cursor !== null);
  twins.sort((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
  return twins[0] ?? byId(providerIdFor(config.model, config.account.address));

  async function byId(id: string): Promise<Found | null> {
    try {
      const provider = found.parse(await market.anybody.get(`/api/v1/providers/${id}`));
      if (!mine(provider)) return null;
      // Streams that run were opened for that model.
      if (provider.model !== config.model)
        throw new Error(`${id} is listed with the model ${provider.model}: set PROVIDER_ID to another name.`);
      return provider;
    } catch (error) {
      if (error instanceof SiteRefused && error.status === 404) return null;
      throw error;
    }
  }
}

async function same(
  wanted: ReturnType<typeof listingOf>,
  there: Found,
  market: Marketplace,
): Promise<boolean> {
  const { basic } = wanted.tierOverrides;
  const tiersFit = there.tiers.every(
    ({ rate, maxRequestsPerHour, priority }) =>
      rate.amount === basic.rate.amount &&
      rate.periodMs === basic.rate.periodMs &&
      maxRequestsPerHour === basic.maxRequestsPerHour &&
      priority === basic.priority,
  );
  const plain = ["name", "endpoint", "category", "model", "depositMs", "maxConcurrency", "active"] as const;
  if (!tiersFit || plain.some((member) => wanted[member] !== there[member])) return false;
  if (wanted.capabilities.join() !== there.capabilities.join()) return false;
  if (wanted.services.length !== there.services) return false;
  const { items } = services.parse(
    await market.anybody.get(`/api/v1/registry/services?provider=${there.id}&limit=100`),
  );
  const key = (service: { slug: string; path: string; capability: string }) =>
    `${service.slug} ${service.path} ${service.capability}`;
  return wanted.services.map(key).sort().join() === items.map(key).sort().join();
}

/** Reached from this machine alone. */
export function isLoopback(endpoint: string): boolean {
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, "");
  return /^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|::1?|::ffff:7f.*)$/.test(host);
}
