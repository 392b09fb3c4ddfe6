import { z } from "zod";
import type { Mandate, Offer } from "./mandate";

const amount = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);
const manifestShape = z.object({
  schema_version: z.string().startsWith("1."),
  actions: z.array(
    z.object({
      name: z.string(),
      endpoint: z.string().startsWith("/"),
      method: z.string(),
    }),
  ),
});
const providersShape = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      owner: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      model: z.string().nullable(),
      tiers: z.array(z.object({ name: z.string(), ratePerDay: amount, requiredDeposit: amount })).min(1),
      health: z.object({
        state: z.enum(["up", "unknown", "degraded", "down"]),
        day: z.object({ probeLatency: z.object({ p50Ms: z.int() }).nullable() }),
      }),
    }),
  ),
});
const servicesShape = z.object({
  items: z.array(z.object({ slug: z.string(), door: z.string().startsWith("/"), method: z.string() })),
});
type Action = z.infer<typeof manifestShape>["actions"][number];
type Provider = z.infer<typeof providersShape>["items"][number];

/** As many as the site lists on one page: the cheapest. */
const LIMIT = 100;
/** Providers that are asked for one by one when the manifest does not name their services. */
const LOOKUPS_MAX = 5;
/** What services that take a prompt are called, best first. */
const PROMPT_SERVICES = ["inference", "chat"];

/**
 * Two requests from nothing: the manifest says where things are and what can be called, the market what it costs and who is well.
 * In a large market a few more, for services that the manifest has no room for.
 *
 * @returns what fits, in no order, and the site's time when it was asked (whole seconds, rounded down)
 * @throws Error when the site does not speak our language
 */
export async function findOffers(
  site: string,
  mandate: Pick<Mandate, "wanted" | "service">,
  network: typeof fetch = fetch,
): Promise<{ offers: Offer[]; siteTimeMs: number }> {
  const { actions, siteTimeMs } = await readManifest(site, network);
  const market = actions.find(({ name }) => name === "list_providers");
  if (!market) throw new Error(`${site} lists no providers.`);
  const query = new URLSearchParams({ ...mandate.wanted, sort: "price", limit: String(LIMIT) });
  const { items } = providersShape.parse(await read(`${site}${market.endpoint}?${query}`, network));
  const offers: Offer[] = [];
  let lookups = LOOKUPS_MAX;
  for (const provider of items) {
    const known = offerOf(provider, actions, mandate.service);
    if (known) offers.push(known);
    else if (lookups-- > 0) {
      const offer = offerOf(
        provider,
        await listServices(site, provider.id, actions, network),
        mandate.service,
      );
      if (offer) offers.push(offer);
    }
  }
  return { offers, siteTimeMs };
}

/** The manifest of a large market does not hold all services. */
async function listServices(
  site: string,
  providerId: string,
  actions: readonly Action[],
  network: typeof fetch,
): Promise<Action[]> {
  const registry = actions.find(({ name }) => name === "list_services");
  if (!registry) return [];
  const query = new URLSearchParams({ provider: providerId, limit: String(LIMIT) });
  const { items } = servicesShape.parse(await read(`${site}${registry.endpoint}?${query}`, network));
  return items.map(({ slug, door, method }) => ({ name: `${providerId}.${slug}`, endpoint: door, method }));
}

async function readManifest(site: string, network: typeof fetch) {
  const response = await network(`${site}/.well-known/superstream-agent.json`);
  if (!response.ok) throw new Error(`${site} has no manifest for agents: ${response.status}.`);
  const siteTimeMs = Date.parse(response.headers.get("date") ?? "");
  const { actions } = manifestShape.parse(await response.json());
  return { actions, siteTimeMs: Number.isFinite(siteTimeMs) ? siteTimeMs : Date.now() };
}

async function read(url: string, network: typeof fetch): Promise<unknown> {
  const response = await network(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.json();
}

/** A provider's cheapest tier for its service; null when it has no such service. */
function offerOf(provider: Provider, actions: readonly Action[], wanted: string | undefined): Offer | null {
  const { id, name, owner, model, tiers, health } = provider;
  const slugs = wanted === undefined ? PROMPT_SERVICES : [wanted];
  const slug = slugs.find((one) => actions.some((action) => action.name === `${id}.${one}`));
  const action = actions.find((one) => one.name === `${id}.${slug}`);
  if (slug === undefined || !action) return null;
  const tier = tiers.reduce((best, one) => (one.ratePerDay < best.ratePerDay ? one : best));
  return {
    ...{ providerId: id, name, owner: owner.toLowerCase(), model, tier: tier.name },
    service: { slug, method: action.method, path: action.endpoint },
    ratePerDay: tier.ratePerDay,
    requiredDeposit: tier.requiredDeposit,
    health: health.state,
    latencyMs: health.day.probeLatency?.p50Ms ?? null,
  };
}
