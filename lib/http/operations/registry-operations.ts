import { z } from "zod";
import { category, pricingModel } from "@/lib/market/category-schema";
import { defineOperation } from "../define-operation";
import { amountOutput, assetOutput, cursor, limit, pageOf, serviceId, text } from "../schemas";
import { providerOutput } from "./market-operations";

const jsonSchemaOutput = z.record(z.string(), z.unknown());

const serviceOutput = z
  .strictObject({
    id: z.string(),
    providerId: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    category,
    capability: z.string(),
    method: z.enum(["GET", "POST"]),
    path: z.string(),
    door: z.string(),
    pricingModel,
    pricePerCall: amountOutput,
    active: z.boolean(),
  })
  .meta({ id: "Service" });

const categoryOutput = z.strictObject({ id: category, services: z.int(), providers: z.int() });
const params = z.strictObject({ serviceId });
const statsOutput = z.strictObject({
  totalProviders: z.int(),
  activeProviders: z.int(),
  totalServices: z.int(),
  activeServices: z.int(),
});

export const getRegistryOperation = defineOperation({
  id: "getRegistry",
  method: "GET",
  path: "/api/v1/registry",
  tag: "registry",
  summary: "What the registry holds and where",
  auth: "none",
  output: z.strictObject({
    stats: statsOutput,
    categories: z.array(categoryOutput),
    pricingModels: z.array(pricingModel),
    links: z.strictObject({
      services: z.string(),
      categories: z.string(),
      stats: z.string(),
      validate: z.string(),
    }),
  }),
});

export const listServicesOperation = defineOperation({
  id: "listServices",
  method: "GET",
  path: "/api/v1/registry/services",
  tag: "registry",
  summary: "Services of active providers",
  auth: "none",
  query: z.strictObject({
    category: category.optional(),
    search: text(1, 100).optional(),
    provider: text(1, 63).optional(),
    capability: text(1, 64).optional(),
    cursor: cursor.optional(),
    limit: limit.optional(),
  }),
  output: pageOf(serviceOutput),
});

export const getServiceOperation = defineOperation({
  id: "getService",
  method: "GET",
  path: "/api/v1/registry/services/{serviceId}",
  tag: "registry",
  summary: "One service with its schemas and an example",
  auth: "none",
  params,
  notFound: "service-not-found",
  output: serviceOutput.extend({
    inputSchema: jsonSchemaOutput,
    outputSchema: jsonSchemaOutput.nullable(),
    example: z.unknown(),
  }),
});

export const getServiceSchemaOperation = defineOperation({
  id: "getServiceSchema",
  method: "GET",
  path: "/api/v1/registry/services/{serviceId}/schema",
  tag: "registry",
  summary: "A service's JSON Schemas (draft 2020-12)",
  auth: "none",
  params,
  notFound: "service-not-found",
  output: z.strictObject({
    input: jsonSchemaOutput,
    output: jsonSchemaOutput.nullable(),
    example: z.unknown(),
  }),
});

export const getServiceRequirementsOperation = defineOperation({
  id: "getServiceRequirements",
  method: "GET",
  path: "/api/v1/registry/services/{serviceId}/requirements",
  tag: "registry",
  summary: "What a caller needs before a service answers",
  auth: "none",
  params,
  notFound: "service-not-found",
  output: z.strictObject({
    serviceId: z.string(),
    method: z.enum(["GET", "POST"]),
    url: z.string(),
    contentType: z.literal("application/json").nullable(),
    requiredFields: z.array(z.string()),
    payment: z.strictObject({
      method: z.literal("ledger"),
      intent: z.literal("stream"),
      asset: assetOutput,
      tiers: providerOutput.shape.tiers,
    }),
  }),
});

export const getServicePricingOperation = defineOperation({
  id: "getServicePricing",
  method: "GET",
  path: "/api/v1/registry/services/{serviceId}/pricing",
  tag: "registry",
  summary: "What a service costs: the tiers of its provider and the price of a call",
  auth: "none",
  params,
  notFound: "service-not-found",
  output: z.strictObject({
    serviceId: z.string(),
    pricingModel,
    pricePerCall: amountOutput,
    asset: assetOutput,
    tiers: providerOutput.shape.tiers,
  }),
});

export const listCategoriesOperation = defineOperation({
  id: "listCategories",
  method: "GET",
  path: "/api/v1/registry/categories",
  tag: "registry",
  summary: "The six categories with their counts",
  auth: "none",
  output: z.strictObject({ items: z.array(categoryOutput) }),
});

export const getCategoryOperation = defineOperation({
  id: "getCategory",
  method: "GET",
  path: "/api/v1/registry/categories/{category}",
  tag: "registry",
  summary: "One category and its first services",
  auth: "none",
  params: z.strictObject({ category: category }),
  query: z.strictObject({ cursor: cursor.optional(), limit: limit.optional() }),
  output: categoryOutput.extend({ items: z.array(serviceOutput), nextCursor: z.string().nullable() }),
});

export const getRegistryStatsOperation = defineOperation({
  id: "getRegistryStats",
  method: "GET",
  path: "/api/v1/registry/stats",
  tag: "registry",
  summary: "How many providers and services there are",
  auth: "none",
  output: statsOutput,
});

export const validateServiceOperation = defineOperation({
  id: "validateService",
  method: "POST",
  path: "/api/v1/registry/services/validate",
  tag: "registry",
  summary: "Check a service before registering it; nothing is stored",
  auth: "none",
  rate: "write",
  // Any fields: what is wrong with them is the answer, not a refusal.
  body: z.strictObject({ service: z.record(z.string(), z.unknown()) }),
  output: z.strictObject({
    valid: z.boolean(),
    errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })),
    warnings: z.array(z.strictObject({ pointer: z.string(), message: z.string() })),
  }),
});
