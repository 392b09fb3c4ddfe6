import { readAmount, showAmount } from "../amounts";
import type { Command } from "../command";

export const topUp: Command = {
  name: "top-up",
  usage: "<stream> <dollars>",
  summary: "Add to a stream's deposit",
  arguments: [2, 2],
  async run({ me, positionals }) {
    const [id = "", dollars = ""] = positionals;
    const amount = String(readAmount(dollars));
    const stream = await (await me()).post(`/api/v1/streams/${encodeURIComponent(id)}/top-up`, { amount });
    return { data: stream, lines: [`${stream.id} has ${showAmount(stream.remaining)} left.`] };
  },
};
