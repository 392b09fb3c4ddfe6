import { paths } from "@/lib/paths";
import type { Category, PricingModel } from "./categories";

export type JsonObject = Record<string, unknown>;

export type ServiceRow = {
  id: string;
  providerId: string;
  slug: string;
  name: string;
  description: string;
  category: Category;
  capability: string;
  method: "GET" | "POST";
  path: string;
  pricingModel: PricingModel;
  pricePerCall: string;
  active: boolean;
  inputSchema: JsonObject;
  outputSchema: JsonObject | null;
  example: JsonObject | null;
};

/** Columns of a `ServiceRow` from `service s`. */
export const SERVICE_COLUMNS = `
  s.id, s.provider_id as "providerId", s.slug, s.name, s.description, s.category, s.capability, s.method, s.path,
  s.pricing_model as "pricingModel", s.price_per_call::text as "pricePerCall", s.active,
  s.input_schema as "inputSchema", s.output_schema as "outputSchema", s.example`;

export type ServiceView = ReturnType<typeof toServiceView>;
export type ServiceDetail = ReturnType<typeof toServiceDetail>;

/** A service as lists show it. `door` is where it is called and paid. */
export function toServiceView(row: ServiceRow) {
  const { inputSchema: _input, outputSchema: _output, example: _example, pricePerCall, ...service } = row;
  return { ...service, pricePerCall: BigInt(pricePerCall), door: paths.door(row.providerId, row.path) };
}

export function toServiceDetail(row: ServiceRow) {
  const { inputSchema, outputSchema, example } = row;
  return { ...toServiceView(row), inputSchema, outputSchema, example };
}
