import { z } from "zod";
import { CATEGORIES, PRICING_MODELS } from "./categories";

/** Described once in the OpenAPI document, under these names. */
export const category = z.enum(CATEGORIES).meta({ id: "Category" });
export const pricingModel = z.enum(PRICING_MODELS).meta({ id: "PricingModel" });
