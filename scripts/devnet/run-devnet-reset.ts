import { existsSync } from "node:fs";
import { join } from "node:path";
import { findHolder } from "../hold-data-dir.mjs";
import { describeFailure, Refusal } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { forgetDevnet, hasDevnet, untilDevnetGone } from "./devnet-folder";

const HELP = `npm run devnet:reset

Forgets the devnet's chain while Superstream does not run. The next start makes a new one: same contracts and addresses, no
transactions, and another first block, whose hash tells whoever has read the old chain that this is another one.
The ledger stays, with its clock.

Exit code 0 when it is forgotten or there was none, 1 when it is in use, 2 for wrong arguments.`;

process.chdir(ROOT);
if (process.argv.length > 2) {
  const asked = process.argv[2] === "--help";
  console.log(HELP);
  process.exitCode = asked ? 0 : 2;
} else
  await main().catch((error: unknown) => {
    console.error(describeFailure(error));
    process.exitCode = 1;
  });

async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { env } = await import("@/lib/env");
  const holder = findHolder(env.DATA_DIR);
  if (holder)
    throw new Refusal(`${env.DATA_DIR} is in use by process ${holder.pid} (${holder.what}): stop it first.`);
  const folder = join(env.DATA_DIR, "chain");
  if (!(await untilDevnetGone(folder))) throw new Refusal(`An anvil still runs on ${folder}: stop it first.`);
  if (!hasDevnet(folder)) {
    console.log(`There is no chain in ${folder}.`);
    return;
  }
  forgetDevnet(folder);
  console.log("The chain is forgotten. The next start makes a new one, at the ledger's time.");
}
