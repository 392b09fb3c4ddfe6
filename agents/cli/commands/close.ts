import { showAmount } from "../amounts";
import type { Command } from "../command";

export const close: Command = {
  name: "close",
  usage: "<stream>",
  summary: "Close a stream: the provider is paid, the rest comes back",
  arguments: [1, 1],
  async run({ me, positionals }) {
    const id = encodeURIComponent(positionals[0] ?? "");
    const settled = await (await me()).post(`/api/v1/streams/${id}/close`, {});
    const figures = `paid ${showAmount(settled.totalPaid)}, refunded ${showAmount(settled.refund)}`;
    const words = settled.status === "settled" ? "is settled" : "settles when its last call has ended";
    return { data: settled, lines: [`${settled.streamId} ${words}: ${figures}.`] };
  },
};
