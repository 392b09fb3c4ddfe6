import { z } from "zod";
import type { Command } from "../command";

const manifest = z.looseObject({
  name: z.string(),
  network: z.string(),
  currency: z.looseObject({ unit: z.string(), play_money: z.boolean() }),
  actions: z.array(
    z.looseObject({
      name: z.string(),
      method: z.string(),
      endpoint: z.string(),
      pricing: z.looseObject({ model: z.string() }),
    }),
  ),
  discovery: z.record(z.string(), z.unknown()),
});

export const discover: Command = {
  name: "discover",
  usage: "",
  summary: "What a Superstream offers to agents: services for money, and where the rest is written",
  arguments: [0, 0],
  async run({ anybody }) {
    const found = manifest.parse(await anybody.get("/.well-known/superstream-agent.json"));
    const paid = found.actions.filter(({ pricing }) => pricing.model !== "free");
    const money = found.currency.play_money ? "play money" : "real money";
    return {
      data: found,
      lines: [
        `${found.name} on ${found.network}: ${paid.length} paid services, in ${found.currency.unit} (${money}).`,
        "",
        ...paid.map(({ method, endpoint }) => `${method.padEnd(4)} ${endpoint}`),
        "",
        ...Object.values(found.discovery)
          .filter((place) => typeof place === "string")
          .map((place) => `     ${place}`),
      ],
    };
  },
};
