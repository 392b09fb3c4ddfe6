import { showAmount } from "../amounts";
import type { Command } from "../command";

export const balance: Command = {
  name: "balance",
  usage: "",
  summary: "What is in your ledger wallet, and what your streams hold",
  arguments: [0, 0],
  async run({ me }) {
    const api = await me();
    const wallet = await api.get("/api/v1/wallet");
    return {
      data: wallet,
      lines: [`${showAmount(wallet.balance)} in the ledger wallet of ${api.address}`],
    };
  },
};
