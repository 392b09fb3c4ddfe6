import "server-only";
import { type Hex, keccak256 } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { Attempt, Intent } from "./intent";
import type { Lane } from "./lane";

export type Fees = { maxFee: bigint; tip: bigint };

/** For sending nothing to ourselves. On Arbitrum gas also pays for the bytes on the chain below; what is not used is not paid. */
const CANCEL_GAS = { l1: 21_000n, "op-stack": 21_000n, arbitrum: 2_000_000n } as const;

/**
 * Signs one transaction of an intent and stores it, inside the caller's SQL transaction: only then may anybody send it. Signing asks
 * nobody, so no network call is made here.
 */
export async function signAttempt(
  tx: Queryable,
  lane: Lane,
  intent: Pick<Intent, "id" | "to" | "data" | "value">,
  use: Fees & { seq: number; nonce: number; gas: bigint; purpose: Attempt["purpose"] },
): Promise<Attempt> {
  const { account, network } = lane;
  const { seq, nonce, gas, purpose, maxFee, tip } = use;
  const effect = { to: intent.to, data: intent.data, value: intent.value, gas };
  const raw: Hex = await account.signTransaction({
    type: "eip1559",
    chainId: network.chainId,
    nonce,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip,
    ...(purpose === "effect"
      ? effect
      : { to: account.address, value: 0n, gas: CANCEL_GAS[network.gasModel] }),
  });
  const hash = keccak256(raw);
  const { rows } = await tx.query<{ signed_ms: string }>(
    `insert into chain_attempt (intent_id, seq, purpose, nonce, hash, raw, max_fee, tip, signed_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_ms()) returning signed_ms`,
    [intent.id, seq, purpose, nonce, hash, raw, maxFee.toString(), tip.toString()],
  );
  return { seq, purpose, hash, raw, maxFee, tip, signedMs: BigInt(rows[0]?.signed_ms ?? 0) };
}
