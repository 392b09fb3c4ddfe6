/** A registration that is right in every field. */
export function providerListing(id: string, changes: Record<string, unknown> = {}) {
  return {
    id,
    name: `Provider ${id}`,
    description: "Counts letters.",
    endpoint: "https://api.letters.dev/v1",
    capabilities: ["letter-count"],
    category: "data_analytics",
    model: null,
    serviceType: 2,
    services: [
      {
        slug: "count",
        name: "Count letters",
        description: "Counts the letters of a text.",
        category: "data_analytics",
        capability: "letter-count",
        method: "POST",
        path: "/count",
        inputSchema: {
          type: "object",
          properties: { text: { type: "string", description: "Any text." } },
          required: ["text"],
          additionalProperties: false,
        },
        outputSchema: { type: "object", properties: { letters: { type: "integer" } } },
        pricingModel: "per_second",
        example: { text: "abc" },
      },
    ],
    ...changes,
  };
}
