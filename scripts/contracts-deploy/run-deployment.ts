import { setTimeout as sleep } from "node:timers/promises";
import { type Address, formatEther } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import { bold, dim, green, Refusal } from "../report.mjs";
import { listDeployables } from "./deployables";
import { deployerAccount } from "./deployer-key";
import { openState } from "./deployment-state";
import { openNode } from "./open-node";
import type { DeployOptions } from "./options";
import { isThere, type PlannedContract, planDeployment } from "./plan-deployment";
import { publishSources } from "./publish-sources";
import { type Sender, sendContract } from "./send-contract";

/**
 * Plans, shows the plan, and unless it is a dry run does it: contract after contract, then waits until blocks stand upon the
 * last and looks again. Nothing is sent before the whole of it is affordable.
 *
 * @throws Refusal
 */
export async function runDeployment(
  options: DeployOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { network, only, dryRun } = options;
  const account = deployerAccount(options.keystore, environment);
  if (!network.testnet && !dryRun && !options.yes)
    throw new Refusal(`${network.name} takes real money. Look at --dry-run first, then say --yes.`);
  const client = await openNode(network, options.rpcUrl);
  const { deployables, unfit } = listDeployables(network, options.owner ?? account.address, only);
  const plan = await planDeployment(client, network, account.address, deployables);
  const balance = await client.getBalance({ address: account.address });
  showPlan(options, plan, unfit, account.address, balance);

  const needed = sum(plan, "highest");
  const short = needed > balance ? needed - balance : 0n;
  const shortfall = `The deployer lacks up to ${formatEther(short)} ${network.coin.symbol}.`;
  if (dryRun) return console.log(short > 0n ? `${shortfall} Nothing was sent.` : "Nothing was sent.");
  if (short > 0n) throw new Refusal(`${shortfall} Nothing was sent.`);

  const state = openState(options.stateFile, network.chainId);
  const sender: Sender = {
    client,
    network,
    account,
    state,
    maxGasPrice: options.maxGasPrice,
    replaceAfterMs: 60_000,
    say: (line) => console.log(dim(`  ${line}`)),
  };
  const firstBlock = await sendAll(sender, plan);
  for (const { name, address } of plan) console.log(`${green("✓")} ${name} is at ${address}, as compiled`);
  await publishSources({ network, plan, environment });
  showSettings(plan, firstBlock);
}

/** @returns the first block with something of ours; null when no run of this state sent anything */
async function sendAll(sender: Sender, plan: readonly PlannedContract[]): Promise<bigint | null> {
  const { client, network } = sender;
  for (;;) {
    const blocks: bigint[] = [];
    for (const contract of plan) {
      const receipt = await sendContract(sender, contract);
      if (receipt) blocks.push(receipt.blockNumber);
    }
    const [first] = blocks.sort((a, b) => Number(a - b));
    const last = blocks.at(-1);
    if (first === undefined || last === undefined) return null;
    await untilBlock(client, last + BigInt(network.confirmations) - 1n, network.blockMs);
    // A reorganisation may have taken something away: then its transaction is sent again.
    const left = await Promise.all(plan.map((contract) => isThere(client, contract)));
    if (left.every(Boolean)) return first;
  }
}

async function untilBlock(client: ChainClient, block: bigint, blockMs: number): Promise<void> {
  while ((await client.getBlockNumber({ cacheTime: 0 })) < block) await sleep(Math.min(blockMs / 4, 1_000));
}

function showPlan(
  { network, dryRun }: DeployOptions,
  plan: readonly PlannedContract[],
  unfit: readonly string[],
  deployer: Address,
  balance: bigint,
): void {
  const coin = network.coin.symbol;
  console.log(bold(`${network.name} (chain ${network.chainId})${dryRun ? ", dry run" : ""}`));
  console.log(`  deployer ${deployer}, balance ${formatEther(balance)} ${coin}`);
  for (const { name, address, cost } of plan)
    console.log(
      cost
        ? `  ${name} ${address}: up to ${cost.gasLimit} gas, about ${formatEther(cost.expected)} ${coin}, at most ${formatEther(cost.highest)}`
        : `  ${name} ${address}: there already`,
    );
  for (const name of unfit) console.log(`  ${name}: left out, ${network.name} has no Superfluid`);
  console.log(
    `  in all about ${formatEther(sum(plan, "expected"))} ${coin}, at most ${formatEther(sum(plan, "highest"))}`,
  );
}

function showSettings(plan: readonly PlannedContract[], firstBlock: bigint | null): void {
  console.log("\nSettings of the server:");
  for (const { setting, address } of plan) console.log(`${setting}=${address}`);
  if (firstBlock !== null) console.log(`START_BLOCK=${firstBlock}`);
}

function sum(plan: readonly PlannedContract[], of: "expected" | "highest"): bigint {
  return plan.reduce((total, { cost }) => total + (cost?.[of] ?? 0n), 0n);
}
