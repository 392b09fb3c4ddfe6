import type { Command } from "./command";
import { balance } from "./commands/balance";
import { cleanupProviders } from "./commands/cleanup-providers";
import { close } from "./commands/close";
import { discover } from "./commands/discover";
import { listProviders } from "./commands/list-providers";
import { open } from "./commands/open";
import { streams } from "./commands/streams";
import { topUp } from "./commands/top-up";
import { updateProvider } from "./commands/update-provider";
import { verifyReceipt } from "./commands/verify-receipt";

/** In the order of the help. */
export const commands: readonly Command[] = [
  discover,
  listProviders,
  balance,
  open,
  topUp,
  close,
  streams,
  verifyReceipt,
  updateProvider,
  cleanupProviders,
];

/** Programs with options of their own, which are handed on as they come. */
export const programs: Readonly<Record<string, { file: string; summary: string }>> = {
  consumer: { file: "agents/consumer/main.ts", summary: "Buy one answer within a mandate" },
  provider: { file: "agents/provider/main.ts", summary: "Sell an OpenAI-compatible model by the second" },
  demo: { file: "scripts/run-demo.ts", summary: "Replay a day of three streams on the real money functions" },
  deploy: { file: "scripts/contracts-deploy.ts", summary: "Deploy the contracts to a network" },
};
