import { z } from "zod";
import { showAmount } from "../amounts";
import type { Command } from "../command";
import { listAll } from "../list-all";
import { showTable } from "../show-table";

export const listedProvider = z.looseObject({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  endpoint: z.string(),
  model: z.string().nullable(),
  capabilities: z.array(z.string()),
  tiers: z.array(z.looseObject({ ratePerDay: z.string() })).min(1),
  activeStreams: z.int(),
  totalRequestsServed: z.int(),
  createdAt: z.string(),
  health: z.looseObject({ state: z.string() }),
});
export type ListedProvider = z.output<typeof listedProvider>;

const FILTERS = ["capability", "model", "search"] as const;

export const listProviders: Command = {
  name: "list-providers",
  usage: "",
  summary: "Active providers, the cheapest first",
  options: {
    capability: { type: "string" },
    model: { type: "string" },
    search: { type: "string" },
    healthy: { type: "boolean", default: false },
    mine: { type: "boolean", default: false },
  },
  help: [
    "--capability, --model, --search   narrow the list",
    "--healthy                         only those whose health is up",
    "--mine                            only those of AGENT_KEY",
  ],
  arguments: [0, 0],
  async run({ anybody, me, values }) {
    const query = new URLSearchParams({ sort: "price", ...(values.healthy ? { healthy: "true" } : {}) });
    for (const name of FILTERS) if (values[name]) query.set(name, String(values[name]));
    const all = await listAll(anybody, `/api/v1/providers?${query}`, listedProvider);
    const owner = values.mine ? (await me()).address.toLowerCase() : null;
    const found = all.filter((provider) => owner === null || provider.owner.toLowerCase() === owner);
    return { data: found, lines: providerTable(found) };
  },
};

export function providerTable(providers: readonly ListedProvider[]): string[] {
  return showTable(
    ["provider", "from a day", "health", "model", "streams", "served"],
    providers.map(({ id, tiers, health, model, activeStreams, totalRequestsServed }) => [
      id,
      showAmount(cheapestPerDay(tiers)),
      health.state,
      model ?? "",
      String(activeStreams),
      String(totalRequestsServed),
    ]),
    "Nobody is listed.",
  );
}

function cheapestPerDay(tiers: readonly { ratePerDay: string }[]): bigint {
  return tiers
    .map(({ ratePerDay }) => BigInt(ratePerDay))
    .reduce((least, rate) => (rate < least ? rate : least));
}
