import "server-only";
import { checkJsonSchema, type Remark } from "./check-json-schema";
import type { ServiceInput } from "./provider-input";

/** What a schema of fields cannot say of a service: its two JSON Schemas and its example. Empty when all is well. */
export function checkService(service: ServiceInput, pointer: string): Remark[] {
  const { inputSchema, outputSchema, example, pricingModel, pricePerCall } = service;
  return [
    ...checkJsonSchema(inputSchema, `${pointer}/inputSchema`),
    ...(outputSchema ? checkJsonSchema(outputSchema, `${pointer}/outputSchema`) : []),
    ...checkExample(example, inputSchema, `${pointer}/example`),
    ...(pricingModel === "per_second" && pricePerCall > 0n
      ? [{ pointer: `${pointer}/pricePerCall`, message: "A per_second service has no price per call." }]
      : []),
  ];
}

function checkExample(example: unknown, inputSchema: Record<string, unknown>, pointer: string): Remark[] {
  if (example === undefined || example === null) return [];
  if (typeof example !== "object" || Array.isArray(example)) return [{ pointer, message: "Give an object." }];
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  return required
    .filter((name): name is string => typeof name === "string" && !Object.hasOwn(example, name))
    .map((name) => ({ pointer, message: `The example lacks the required field ${JSON.stringify(name)}.` }));
}
