import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, parseEther, parseGwei, parseTransaction } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findNetworkByKey } from "@/lib/chain/networks";
import { type Anvil, startAnvil } from "@/lib/testing/start-anvil";
import { listDeployables } from "./deployables";
import { openState } from "./deployment-state";
import { openNode } from "./open-node";
import { type PlannedContract, planDeployment } from "./plan-deployment";
import { type Sender, sendContract } from "./send-contract";

const network = findNetworkByKey("devnet");
if (!network) throw new Error("No devnet in the table.");

/** A chain that makes no blocks by itself: what is sent waits until the test says so. */
describe("sendContract, while no block takes the transaction", () => {
  let chain: Anvil;
  let folder: string;
  let sender: Sender;
  let contract: PlannedContract;
  const lines: string[] = [];

  beforeEach(async () => {
    chain = await startAnvil(["--no-mining"]);
    folder = mkdtempSync(join(tmpdir(), "superstream-send-"));
    lines.length = 0;
    const account = privateKeyToAccount(generatePrivateKey());
    await chain.control.setBalance({ address: account.address, value: parseEther("10") });
    const client = await openNode(network, chain.url);
    sender = {
      client,
      network,
      account,
      state: openState(join(folder, "state.json"), network.chainId),
      maxGasPrice: parseGwei("500"),
      replaceAfterMs: 700,
      say: (line) => lines.push(line),
    };
    const { deployables } = listDeployables(network, account.address, ["StreamPay"]);
    const [planned] = await planDeployment(client, network, account.address, deployables);
    if (!planned) throw new Error("Nothing was planned.");
    contract = planned;
  });
  afterEach(async () => {
    await chain.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("it is replaced under its nonce by one that is an eighth dearer, and the one that was mined counts", async () => {
    const sending = sendContract(sender, contract);
    await expect.poll(() => sent().length, { timeout: 20_000 }).toBe(2);
    const [first, second] = sent().map(({ raw }) => parseTransaction(raw));
    await chain.control.setIntervalMining({ interval: 1 });
    const receipt = await sending;

    expect(receipt?.status).toBe("success");
    expect(sent().map(({ hash }) => hash)).toContain(receipt?.transactionHash);
    expect([first?.nonce, second?.nonce]).toEqual([0, 0]);
    for (const fee of ["maxFeePerGas", "maxPriorityFeePerGas"] as const)
      expect((second?.[fee] ?? 0n) * 8n).toBeGreaterThanOrEqual((first?.[fee] ?? 0n) * 9n);
    expect(await chain.reader.getTransactionCount({ address: sender.account.address })).toBe(1);
    expect(lines.some((line) => line.includes("no block takes it; replaced by"))).toBe(true);
  });

  test("it is not replaced above the cap: it goes on waiting", async () => {
    const { max } = await priceOf(sender);
    sender = { ...sender, maxGasPrice: max };
    const sending = sendContract(sender, contract);
    await expect
      .poll(() => lines.some((line) => line.includes("would pass --max-gwei")), { timeout: 20_000 })
      .toBe(true);
    expect(sent()).toHaveLength(1);
    await chain.control.setIntervalMining({ interval: 1 });
    expect((await sending)?.status).toBe("success");
  });

  test("a creation that fails in its block is forgotten, so that the next run tries anew", async () => {
    const cost = contract.cost;
    if (!cost) throw new Error("It is there already.");
    const starved = { ...contract, cost: { ...cost, gasLimit: 1_500_000n } };
    const sending = sendContract({ ...sender, replaceAfterMs: 60_000 }, starved).catch(
      (error: unknown) => error,
    );
    await expect.poll(() => sent().length, { timeout: 20_000 }).toBe(1);
    await chain.control.setIntervalMining({ interval: 1 });
    expect(String(await sending)).toMatch(/The creation of StreamPay failed in 0x[0-9a-f]{64}\./);
    expect(sent()).toHaveLength(0);
  });

  function sent(): readonly { hash: Hex; raw: Hex }[] {
    return sender.state.find(contract.address)?.transactions ?? [];
  }
});

async function priceOf({ client }: Sender): Promise<{ max: bigint }> {
  const { gasPrice } = await import("@/lib/chain/gas");
  return gasPrice(client);
}
