import { describe, expect, test } from "vitest";
import { providerListing } from "@/lib/testing/provider-listing";
import { validateService } from "./validate-service";

const right = providerListing("any").services[0] as Record<string, unknown>;

describe("validateService", () => {
  test("given a service with everything, it is valid and nothing could be better", () => {
    expect(validateService(right)).toEqual({ valid: true, errors: [], warnings: [] });
  });

  test("given what is missing but not needed, it is valid with a word about each", () => {
    const bare = {
      ...right,
      description: "",
      outputSchema: null,
      example: null,
      inputSchema: { type: "object", properties: { text: {} } },
    };
    const { valid, warnings } = validateService(bare);
    expect(valid).toBe(true);
    expect(warnings.map(({ pointer }) => pointer)).toEqual([
      "/service/description",
      "/service/outputSchema",
      "/service/example",
      "/service/inputSchema/additionalProperties",
      "/service/inputSchema/properties/text/description",
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["no input schema", { inputSchema: undefined }, "/service/inputSchema"],
    ["a schema that is none", { inputSchema: { type: "objekt" } }, "/service/inputSchema/type"],
    [
      "a wrong keyword inside",
      { inputSchema: { type: "object", properties: { a: { minimum: "1" } } } },
      "/service/inputSchema/properties/a/minimum",
    ],
    [
      "another dialect",
      { inputSchema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object" } },
      "/service/inputSchema/$schema",
    ],
    ["a top level that is no object", { inputSchema: { type: "array" } }, "/service/inputSchema/type"],
    [
      "a reference to elsewhere",
      { inputSchema: { type: "object", properties: { a: { $ref: "https://evil.example/x" } } } },
      "/service/inputSchema/properties/a/$ref",
    ],
    [
      "a schema beyond 32 KiB",
      { inputSchema: { type: "object", description: "x".repeat(33_000) } },
      "/service/inputSchema",
    ],
    ["a wrong output schema", { outputSchema: { type: 5 } }, "/service/outputSchema/type"],
    ["an example without a required field", { example: {} }, "/service/example"],
    ["an example that is no object", { example: [1] }, "/service/example"],
    ["an unknown category", { category: "cooking" }, "/service/category"],
    ["an unknown pricing model", { pricingModel: "per_wish" }, "/service/pricingModel"],
    ["a price a call beside a price a second", { pricePerCall: "1" }, "/service/pricePerCall"],
    ["a path with dots", { path: "/../admin" }, "/service/path"],
    ["a method with side doors", { method: "CONNECT" }, "/service/method"],
    ["a field nobody knows", { stranger: 1 }, "/service/stranger"],
  ])("given %s, it is not valid and the pointer says where", (_, change, pointer) => {
    const { valid, errors } = validateService({ ...right, ...change });
    expect(valid).toBe(false);
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });
});
