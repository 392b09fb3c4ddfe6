import { z } from "zod";
import type { SiteApi } from "../client/site-api";
import { listAll } from "./list-all";

const tier = z.looseObject({
  name: z.string(),
  rate: z.object({ amount: z.string(), periodMs: z.int() }),
  maxRequestsPerHour: z.int(),
  priority: z.string(),
});
const provider = z.looseObject({
  ...{ id: z.string(), name: z.string(), description: z.string(), endpoint: z.string() },
  ...{ capabilities: z.array(z.string()), category: z.string(), model: z.string().nullable() },
  ...{
    serviceType: z.int(),
    depositMs: z.int(),
    graceMs: z.int(),
    maxConcurrency: z.int(),
    active: z.boolean(),
  },
  tiers: z.array(tier),
});
const serviceName = z.looseObject({ id: z.string() });
const service = z.looseObject({
  ...{ slug: z.string(), name: z.string(), description: z.string(), category: z.string() },
  ...{
    capability: z.string(),
    method: z.string(),
    path: z.string(),
    pricingModel: z.string(),
    pricePerCall: z.string(),
  },
  inputSchema: z.json(),
  outputSchema: z.json().nullable(),
  example: z.json().optional(),
});

/**
 * A provider as it would be registered again: everything that a registration says, with the prices of all tiers written out. Registering changes
 * what is said and keeps totals and streams.
 */
export async function readListing(api: SiteApi, id: string): Promise<Record<string, unknown>> {
  const { tiers, ...listed } = provider.parse(await api.get(`/api/v1/providers/${id}`));
  const names = await listAll(api, `/api/v1/registry/services?provider=${id}`, serviceName);
  const services = await Promise.all(
    names.map(async (one) => {
      const read = service.parse(await api.get(`/api/v1/registry/services/${one.id}`));
      const { slug, name, description, category, capability, method, path, pricingModel, pricePerCall } =
        read;
      const { inputSchema, outputSchema, example } = read;
      const words = {
        slug,
        name,
        description,
        category,
        capability,
        method,
        path,
        pricingModel,
        pricePerCall,
      };
      return { ...words, inputSchema, outputSchema, ...(example == null ? {} : { example }) };
    }),
  );
  const { name, description, endpoint, capabilities, category, model } = listed;
  const { serviceType, depositMs, graceMs, maxConcurrency, active } = listed;
  return {
    ...{ id, name, description, endpoint, capabilities, category, model },
    ...{ serviceType, depositMs, graceMs, maxConcurrency, active, services },
    tierOverrides: Object.fromEntries(
      tiers.map(({ name: tierName, rate, maxRequestsPerHour, priority }) => [
        tierName,
        { rate, maxRequestsPerHour, priority },
      ]),
    ),
  };
}
