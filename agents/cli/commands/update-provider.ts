import type { Command } from "../command";
import { WrongUse } from "../command";
import { listAll } from "../list-all";
import { readListing } from "../read-listing";
import { listedProvider } from "./list-providers";

export const updateProvider: Command = {
  name: "update-provider",
  usage: "<endpoint> [provider]",
  summary: "Move a provider of yours to another endpoint; without its name, the only one that you have",
  arguments: [1, 2],
  async run({ me, positionals }) {
    const api = await me();
    const [endpoint = "", named] = positionals;
    if (!/^https?:\/\//.test(endpoint))
      throw new WrongUse(`${endpoint} is no address: give one with https://.`);
    const mine = (await listAll(api, "/api/v1/providers", listedProvider)).filter(
      ({ owner }) => owner.toLowerCase() === api.address.toLowerCase(),
    );
    const found = named === undefined && mine.length === 1 ? mine[0] : mine.find(({ id }) => id === named);
    if (!found)
      throw new WrongUse(
        mine.length ? `Name one of ${mine.map(({ id }) => id).join(", ")}.` : "You have no provider.",
      );
    const answer = await api.post("/api/v1/providers", { ...(await readListing(api, found.id)), endpoint });
    return { data: answer, lines: [`${found.id} is at ${endpoint}, and was at ${found.endpoint}.`] };
  },
};
