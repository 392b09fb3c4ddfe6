import { createPublicClient, type Hex, http } from "viem";
import { decodeError, describeFailedReceipt, describeReplacement } from "@/lib/chain/decode-error";
import type { WalletNetwork } from "@/lib/chain/network";
import { viemChain } from "@/lib/chain/viem-chain";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { Batcher, Signer } from "./signer";

/** Where a row of transactions stands. `step` of `of` counts from 1. `hash`: null while only the wallet knows the transaction. */
export type CallProgress =
  | { phase: "wallet"; says: string; step: number; of: number }
  | { phase: "mining"; hash: Hex | null; step: number; of: number; confirmations: number; needed: number };

/** What was sent, and how to ask about it later: a transaction, or calls that the wallet makes one of. */
export type SentCalls = { via: "transaction"; id: Hex } | { via: "batch"; id: string };

type Reports = { onProgress: (progress: CallProgress) => void; onSent: (sent: SentCalls) => void };

/** What did not happen, and why, for the person. `hash`: what was sent, as far as that is known. `open`: it may still happen. */
export class CallFailed extends Error {
  constructor(
    readonly title: string,
    message: string,
    readonly sent: { hash: Hex | null; open: boolean } | null = null,
  ) {
    super(message);
  }
}

/**
 * Has a wallet sign transactions one after the other, each when the one before is confirmed.
 *
 * @param before how often the wallet has asked already for the same
 * @param reports.onSent told of each hash at once, so that it is not forgotten when the page goes away
 * @returns the hash of the last that counted, which is another one when the person sent it again in the wallet
 * @throws CallFailed when one was refused, reverted or replaced: those after it were not asked for
 */
export async function sendCalls(
  signer: Signer,
  network: WalletNetwork,
  calls: readonly ChainCall[],
  { onProgress, onSent }: Reports,
  before = 0,
): Promise<Hex> {
  let last: Hex | null = null;
  for (const [index, call] of calls.entries()) {
    const place = { step: before + index + 1, of: before + calls.length };
    onProgress({ phase: "wallet", says: call.says, ...place });
    const hash = await signer.send(call).catch((error: unknown) => {
      throw new CallFailed("Nothing was sent", sentenceOf(error, network));
    });
    onSent({ via: "transaction", id: hash });
    last = await waitForCall(network, hash, (confirmations) =>
      onProgress({ phase: "mining", hash, ...place, confirmations, needed: network.confirmations }),
    );
  }
  if (!last) throw new Error("There was nothing to send.");
  return last;
}

/**
 * Has a wallet make one transaction of several calls: it asks once, and all of them happen or none.
 *
 * @returns the hash of the transaction
 * @throws CallFailed when it was refused or reverted
 */
export async function sendTogether(
  batch: Batcher,
  network: WalletNetwork,
  calls: readonly ChainCall[],
  { onProgress, onSent }: Reports,
): Promise<Hex> {
  const place = { step: 1, of: 1 };
  onProgress({ phase: "wallet", says: calls.map(({ says }) => says).join(" "), ...place });
  const id = await batch.send(calls).catch((error: unknown) => {
    throw new CallFailed("Nothing was sent", sentenceOf(error, network));
  });
  onSent({ via: "batch", id });
  const mining = { phase: "mining", ...place, needed: network.confirmations } as const;
  onProgress({ ...mining, hash: null, confirmations: 0 });
  const hash = await waitForBatch(batch, network, id);
  onSent({ via: "transaction", id: hash });
  return waitForCall(network, hash, (confirmations) => onProgress({ ...mining, hash, confirmations }));
}

/** As long as viem waits for a receipt. */
const BATCH_WAIT_MS = 180_000;

/**
 * Waits until a wallet says which transaction it made of calls. What became of that, the chain says.
 *
 * @throws CallFailed when none of them happened, or the wallet does not say
 */
export async function waitForBatch(batch: Batcher, network: WalletNetwork, id: string): Promise<Hex> {
  const untilMs = performance.now() + BATCH_WAIT_MS;
  do {
    const { hash, failed } = await batch.status(id).catch((error: unknown) => {
      throw new CallFailed("It is not known what became of it", sentenceOf(error, network), {
        hash: null,
        open: true,
      });
    });
    if (failed)
      throw new CallFailed(
        hash ? "The chain refused it" : "It did not happen",
        hash
          ? "One of its steps was refused, so none of them happened. The gas is spent."
          : "Your wallet gave it up before a block took it.",
        { hash, open: false },
      );
    if (hash) return hash;
    await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, network.blockMs)));
  } while (performance.now() < untilMs);
  throw new CallFailed(
    "It is not known what became of it",
    "No block has taken it yet. Your wallet knows it.",
    {
      hash: null,
      open: true,
    },
  );
}

/**
 * Waits until a transaction is as deep as the network asks for.
 *
 * @returns the hash that counts
 * @throws CallFailed when it reverted, or another transaction took its place
 */
export async function waitForCall(
  network: WalletNetwork,
  hash: Hex,
  onConfirmations: (confirmations: number) => void,
): Promise<Hex> {
  if (!network.rpcUrl)
    throw new CallFailed("Sent, and not followed", "No node of the network is known here.", {
      hash,
      open: true,
    });
  const client = createPublicClient({
    chain: viemChain(network, network.rpcUrl),
    transport: http(network.rpcUrl),
    pollingInterval: Math.min(1_000, network.blockMs),
  });
  let replaced: "repriced" | "cancelled" | "replaced" | null = null;
  onConfirmations(0);
  const receipt = await client
    .waitForTransactionReceipt({ hash, onReplaced: ({ reason }) => (replaced = reason) })
    .catch((error: unknown) => {
      throw new CallFailed("It is not known what became of it", sentenceOf(error, network), {
        hash,
        open: true,
      });
    });
  const sent = { hash: receipt.transactionHash, open: false };
  if (replaced && replaced !== "repriced")
    throw new CallFailed("It did not happen", describeReplacement(replaced), sent);
  if (receipt.status === "reverted") {
    const { gas } = await client.getTransaction({ hash: receipt.transactionHash });
    const { sentence } = describeFailedReceipt({ used: receipt.gasUsed, limit: gas });
    throw new CallFailed("The chain refused it", sentence, sent);
  }
  for (;;) {
    const confirmations = Number(await client.getTransactionConfirmations({ transactionReceipt: receipt }));
    onConfirmations(Math.min(confirmations, network.confirmations));
    if (confirmations >= network.confirmations) return receipt.transactionHash;
    await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, network.blockMs)));
  }
}

function sentenceOf(error: unknown, { coin, name }: WalletNetwork): string {
  return decodeError(error, { coin: coin.symbol, chain: name }).sentence;
}
