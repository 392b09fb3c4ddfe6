import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { demoListings } from "./listings";

const services = demoListings.flatMap(({ id, services }) => services.map((service) => ({ id, ...service })));

/** A validator as strict as the strictest reader of the listings may be. */
const compile = (schema: object) =>
  new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

function properties(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== "object" || schema === null) return [];
  return [schema as Record<string, unknown>, ...Object.values(schema).flatMap(properties)];
}

describe("demoListings", () => {
  test("they offer the capabilities that the market's demo names", () => {
    const capabilities = Object.fromEntries(
      demoListings.map(({ name, capabilities }) => [name, capabilities]),
    );
    expect(capabilities).toEqual({
      RheumaScore: ["DAS28", "CDAI", "SLEDAI", "BASDAI"],
      DNAI: ["IRB-review", "protocol-audit", "ethics-check"],
      HolterAI: ["ECG-analysis", "QTc-monitoring", "arrhythmia-detection"],
    });
  });

  test("every capability has a service, and no service another provider's", () => {
    for (const { capabilities, services } of demoListings)
      expect(new Set(services.map(({ capability }) => capability))).toEqual(new Set(capabilities));
  });

  test("they are plain data: JSON gives them back as they are", () => {
    expect(JSON.parse(JSON.stringify(demoListings))).toEqual(demoListings);
  });

  test("ports, ids, slugs and paths do not collide", () => {
    expect(new Set(demoListings.map(({ defaultPort }) => defaultPort)).size).toBe(demoListings.length);
    for (const { services } of demoListings) {
      expect(new Set(services.map(({ slug }) => slug)).size).toBe(services.length);
      expect(new Set(services.map(({ path }) => path)).size).toBe(services.length);
    }
  });

  // 0.025 and 0.10 USDCx of 18 decimals.
  test("only the batch and the report cost more than the stream", () => {
    const priced = services.filter(({ pricingModel }) => pricingModel === "fixed");
    expect(priced.map(({ slug, pricePerCall }) => [slug, pricePerCall])).toEqual([
      ["batch", "25000000000000000"],
      ["report", "100000000000000000"],
    ]);
    for (const service of services) expect(service.pricePerCall).toMatch(/^(0|[1-9]\d*)$/);
  });
});

describe.each(services)("$id $slug", ({ inputSchema, outputSchema, example, sources }) => {
  test("its schemas compile in strict mode and say 2020-12", () => {
    compile(outputSchema);
    const validate = compile(inputSchema);
    expect(inputSchema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(validate(example) || validate.errors).toBe(true);
  });

  test("it refuses an unknown field, an empty body and anything that is no object", () => {
    const validate = compile(inputSchema);
    for (const wrong of [{ ...example, surprise: 1 }, {}, [], null, "text", 7])
      expect(validate(wrong)).toBe(false);
  });

  test("every number has a range and a unit", () => {
    for (const schema of properties(inputSchema)) {
      if (schema.type !== "number" && schema.type !== "integer") continue;
      expect(schema).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) });
      expect(schema.description).toMatch(/Unit: [^.]+\.$/);
    }
  });

  test("every source has its year", () => {
    expect(sources.length).toBeGreaterThan(0);
    for (const { year } of sources) expect(year >= 1900 && year <= 2030).toBe(true);
  });
});
