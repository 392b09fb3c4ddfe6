import { readAmount, showAmount } from "../amounts";
import type { Command } from "../command";

export const open: Command = {
  name: "open",
  usage: "<provider>",
  summary: "Open a stream from your ledger wallet",
  options: { tier: { type: "string", default: "basic" }, deposit: { type: "string" } },
  help: [
    "--tier      basic, professional or enterprise (basic)",
    "--deposit   dollars to lock, such as 0.5 (what the provider asks for)",
  ],
  arguments: [1, 1],
  async run({ me, values, positionals }) {
    const deposit = typeof values.deposit === "string" ? { deposit: String(readAmount(values.deposit)) } : {};
    const stream = await (await me()).post("/api/v1/streams", {
      ...{ providerId: positionals[0], tier: values.tier },
      ...deposit,
    });
    return {
      data: stream,
      lines: [
        `${stream.id} is open: ${showAmount(stream.funded)} locked, ${showAmount(stream.ratePerDay)} a day.`,
      ],
    };
  },
};
