import type { Hex } from "viem";
import type { ChainCall } from "@/lib/rails/chain-call";

/** EIP-712 typed data, as loosely as a wallet sees it. */
export type TypedData = {
  domain: { name: string; version: string; chainId: number };
  types: Record<string, readonly { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
};

/** Where calls stand that a wallet was given together. `hash`: their transaction, once there is one. `failed`: none of them happened. */
export type BatchStatus = { hash: Hex | null; failed: boolean };

/** A wallet that may carry out several calls as one transaction, all or none, after asking once (EIP-5792). */
export type Batcher = {
  /** Whether this account does so on the site's chain, as it is. Asks nothing of the person. */
  isAtomic(): Promise<boolean>;
  /** @returns the wallet's own name for them */
  send(calls: readonly Pick<ChainCall, "to" | "data" | "value">[]): Promise<string>;
  status(id: string): Promise<BatchStatus>;
};

/** Whoever holds the key: the demo wallet of this browser, or a wallet that RainbowKit connected. */
export type Signer = {
  address: Hex;
  signMessage(message: string): Promise<Hex>;
  signTypedData(data: TypedData): Promise<Hex>;
  /** Signs a transaction and sends it. @returns its hash, which is no promise that a block takes it */
  send(call: Pick<ChainCall, "to" | "data" | "value">): Promise<Hex>;
  /** Null: it takes one call at a time. */
  batch: Batcher | null;
};

export type WalletKind = "demo" | "wallet";

const storageKey = "superstream.wallet";

/** Which of the two signed in last, so that the next signature asks the same one. */
export function rememberedWallet(): WalletKind | null {
  const kind = localStorage.getItem(storageKey);
  return kind === "demo" || kind === "wallet" ? kind : null;
}

export function rememberWallet(kind: WalletKind | null): void {
  if (kind) localStorage.setItem(storageKey, kind);
  else localStorage.removeItem(storageKey);
}
