import { setTimeout as sleep } from "node:timers/promises";
import { type Hex, keccak256, type PrivateKeyAccount, parseTransaction, type TransactionReceipt } from "viem";
import { capPrice, type GasPrice, gasPrice } from "@/lib/chain/gas";
import type { Network } from "@/lib/chain/network";
import type { ChainClient } from "@/lib/chain/public-client";
import { divCeil } from "@/lib/domain/amount";
import { Refusal } from "../report.mjs";
import { CREATE2_DEPLOYER, create2Input } from "./create2";
import type { DeploymentState, Sent } from "./deployment-state";
import { nodeSays } from "./open-node";
import { isThere, type PlannedContract } from "./plan-deployment";

export type Sender = {
  client: ChainClient;
  network: Network;
  account: PrivateKeyAccount;
  state: DeploymentState;
  /** Wei per gas. */
  maxGasPrice: bigint;
  /** A transaction that no block takes is replaced by a dearer one after this long. */
  replaceAfterMs: number;
  say: (line: string) => void;
};

/** Then the run ends; the next one goes on from the state. */
const GIVE_UP_AFTER_MS = 900_000;

/**
 * Gets one contract onto the chain once, however often this is called and wherever it was cut off: the transaction is signed
 * and on the disk before anybody is told of it, and CREATE2 lets the same code be created once.
 *
 * @returns the receipt of the transaction that did it; null when the state knows of none
 * @throws Refusal when the price is above the cap, the node refuses, or the transaction fails
 */
export async function sendContract(
  sender: Sender,
  contract: PlannedContract,
): Promise<TransactionReceipt | null> {
  const { client, state, network } = sender;
  const { address, name } = contract;
  const began = performance.now();
  let told = performance.now();
  for (;;) {
    const sent = state.find(address);
    const receipt = sent ? await findReceipt(client, sent) : null;
    if (await isThere(client, contract)) return receipt;
    if (receipt?.status === "reverted") {
      state.forget(address);
      throw new Refusal(
        `The creation of ${name} failed in ${receipt.transactionHash}. Run it again to try anew.`,
      );
    }
    if (!sent) {
      await signAndSend(sender, contract);
      told = performance.now();
    } else if (!receipt) {
      if (await isSpent(client, sent)) {
        sender.say(`${name}: nonce ${sent.nonce} was used by another transaction; signing anew`);
        state.forget(address);
        continue;
      }
      if (performance.now() - told > sender.replaceAfterMs) {
        await replace(sender, contract, sent);
        told = performance.now();
      } else await broadcast(client, sent);
    }
    if (performance.now() - began > GIVE_UP_AFTER_MS)
      throw new Refusal(`No block has taken ${name} for 15 minutes. Run it again to go on waiting.`);
    await sleep(Math.min(network.blockMs / 4, 1_000));
  }
}

async function signAndSend(sender: Sender, contract: PlannedContract): Promise<void> {
  const { client, account, state, say } = sender;
  const price = await cappedPrice(sender);
  const nonce = await client.getTransactionCount({ address: account.address, blockTag: "pending" });
  const first = await sign(sender, contract, nonce, price);
  const sent: Sent = { name: contract.name, nonce, from: account.address, transactions: [first] };
  state.keep(contract.address, sent);
  say(`${contract.name}: sending ${first.hash}`);
  await broadcast(client, sent);
}

/** The same nonce, dearer by an eighth, which is what nodes ask for. Above the cap it goes on waiting. */
async function replace(sender: Sender, contract: PlannedContract, sent: Sent): Promise<void> {
  const last = sent.transactions.at(-1);
  if (!last || sent.from.toLowerCase() !== sender.account.address.toLowerCase()) return;
  const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(last.raw);
  const price = await gasPrice(sender.client);
  const dearer = (before: bigint, now: bigint) => {
    const least = divCeil(before * 9n, 8n) + 1n;
    return least > now ? least : now;
  };
  const max = dearer(maxFeePerGas, price.max);
  if (max > sender.maxGasPrice) {
    sender.say(`${contract.name}: still waiting; a dearer transaction would pass --max-gwei`);
    return;
  }
  const next = await sign(sender, contract, sent.nonce, {
    current: price.current,
    max,
    tip: dearer(maxPriorityFeePerGas, price.tip),
  });
  const more = { ...sent, transactions: [...sent.transactions, next] };
  sender.state.keep(contract.address, more);
  sender.say(`${contract.name}: no block takes it; replaced by ${next.hash}`);
  await broadcast(sender.client, more);
}

async function cappedPrice({ client, maxGasPrice }: Sender): Promise<GasPrice> {
  const price = capPrice(await gasPrice(client), maxGasPrice);
  if (!price) throw new Refusal("Gas costs more than --max-gwei now. Nothing more was sent: try later.");
  return price;
}

async function sign(
  { account, network }: Sender,
  { initCode, cost, name }: PlannedContract,
  nonce: number,
  price: GasPrice,
): Promise<{ hash: Hex; raw: Hex }> {
  if (!cost) throw new Error(`${name} was there when the run was planned and is gone now.`);
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: network.chainId,
    nonce,
    to: CREATE2_DEPLOYER,
    data: create2Input(initCode),
    gas: cost.gasLimit,
    maxFeePerGas: price.max,
    maxPriorityFeePerGas: price.tip,
  });
  return { hash: keccak256(raw), raw };
}

/** May be repeated. "Already known" is success, and what "nonce too low" means the next look at the chain tells. */
async function broadcast(client: ChainClient, sent: Sent): Promise<void> {
  const last = sent.transactions.at(-1);
  if (!last) return;
  try {
    await client.sendRawTransaction({ serializedTransaction: last.raw });
  } catch (error) {
    const said = nodeSays(error);
    if (/already (known|imported)|nonce too low|known transaction|underpriced/i.test(said)) return;
    throw new Refusal(`The node refuses the transaction of ${sent.name}: ${said}`);
  }
}

async function findReceipt(client: ChainClient, sent: Sent): Promise<TransactionReceipt | null> {
  for (const { hash } of sent.transactions) {
    const receipt = await client.getTransactionReceipt({ hash }).catch(nullIfUnknown);
    if (receipt) return receipt;
  }
  return null;
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return null;
  throw error;
}

/** Whether a block took another transaction with this nonce. Asked twice: nodes behind one address may lag each other. */
async function isSpent(client: ChainClient, sent: Sent): Promise<boolean> {
  const next = await client.getTransactionCount({ address: sent.from, blockTag: "latest" });
  if (next <= sent.nonce) return false;
  await sleep(1_000);
  return (await findReceipt(client, sent)) === null;
}
