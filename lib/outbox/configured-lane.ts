import "server-only";
import { parseEther } from "viem";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { publicClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import type { Lane, Limits, Patience } from "./lane";
import { findOperatorAccount } from "./operator-account";

const GWEI = 10n ** 9n;

/** The lane of this process. @returns null without a chain or without a key to send with */
export async function findConfiguredLane(): Promise<Lane | null> {
  const configured = findConfiguredNetwork();
  const account = findOperatorAccount();
  if (!configured || !account) return null;
  const { network } = configured;
  return {
    db: pool(),
    client: await publicClient(),
    network,
    account,
    patience: patienceFor(network),
    limits: configuredLimits(),
  };
}

/** Waiting is counted in blocks, except on a devnet, whose blocks come with the transactions. */
export function patienceFor({
  chainId,
  blockMs,
  confirmations,
}: {
  chainId: number;
  blockMs: number;
  confirmations: number;
}): Patience {
  const devnet = chainId === DEVNET.chainId;
  return {
    pollMs: devnet ? 100 : Math.max(500, blockMs / 2),
    resendMs: devnet ? 2_000 : Math.max(15_000, blockMs * 3),
    replaceMs: devnet ? 5_000 : 60_000,
    retryMs: devnet ? 500 : 5_000,
    leaseMs: devnet ? 5_000 : 30_000,
    finalDepth: Math.max(confirmations * 4, 32),
  };
}

function configuredLimits(): Limits {
  return { maxFee: BigInt(env.MAX_FEE_GWEI) * GWEI, gasPerDay: parseEther(env.GAS_BUDGET_DAILY) };
}
