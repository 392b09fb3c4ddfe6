import type { Command } from "../command";
import { listAll } from "../list-all";
import { readListing } from "../read-listing";
import { type ListedProvider, listedProvider } from "./list-providers";

export const cleanupProviders: Command = {
  name: "cleanup-providers",
  usage: "",
  summary:
    "Switch off providers of yours that are listed twice: same wallet, same model. Says what it would do",
  options: { apply: { type: "boolean", default: false } },
  help: ["--apply   do it"],
  arguments: [0, 0],
  async run({ me, values }) {
    const api = await me();
    const all = await listAll(api, "/api/v1/providers", listedProvider);
    const twins = duplicatesOf(all.filter(({ owner }) => owner.toLowerCase() === api.address.toLowerCase()));
    if (values.apply)
      for (const { id } of twins)
        await api.post("/api/v1/providers", { ...(await readListing(api, id)), active: false });
    const verb = values.apply ? "Switched off" : "Would switch off";
    return {
      data: { applied: values.apply === true, providers: twins.map(({ id }) => id) },
      lines: twins.length
        ? twins.map(({ id, model }) => `${verb} ${id} (${model}).`)
        : ["Nothing is listed twice."],
    };
  },
};

/**
 * All but one of each model: the one with the most open streams stays, then the one that has served most, then the oldest. A provider without a model is
 * never a duplicate, and of each model one is always left.
 */
export function duplicatesOf(mine: readonly ListedProvider[]): ListedProvider[] {
  const kept = new Set<string>();
  return mine
    .toSorted(
      (a, b) =>
        b.activeStreams - a.activeStreams ||
        b.totalRequestsServed - a.totalRequestsServed ||
        (a.createdAt < b.createdAt ? -1 : 1),
    )
    .filter(({ model }) => {
      const twin = model !== null && kept.has(model);
      if (model !== null) kept.add(model);
      return twin;
    });
}
