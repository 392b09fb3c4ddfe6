import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { type ChainClient, publicClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { findUnnamedFlow } from "@/lib/rails/superfluid/find-unnamed-flow";
import { type ChainTerms, chainTermsOf } from "./chain-terms";

/** What the door knows of the chain: prices there, and how to ask it. */
export type DoorChain = {
  terms: ChainTerms;
  client: () => Promise<ChainClient>;
  /** Lower-case factories of wallets that may sign before they exist (ERC-6492). */
  factories: readonly string[];
  /** Blocks until money counts. */
  confirmations: number;
  /** The rate of a flow that runs between these two and pays for no listing; null when there is none. Absent: not looked for. */
  unnamedFlow?: (of: { sender: string; receiver: string }) => Promise<bigint | null>;
  /** The last block that the index takes as final; -1 before the first. */
  confirmedTo: () => Promise<bigint>;
};

/** The configured chain; null when this process runs without one. */
export function findDoorChain(): DoorChain | null {
  const configured = findConfiguredNetwork();
  if (!configured) return null;
  const { network, contracts } = configured;
  const terms = chainTermsOf(network, contracts.streamPay);
  return {
    terms,
    client: publicClient,
    factories: env.ERC6492_FACTORIES,
    confirmations: network.confirmations,
    async unnamedFlow(of) {
      const token = terms.superfluid?.token.address;
      return token ? findUnnamedFlow(pool(), { ...of, token, chainId: network.chainId }) : null;
    },
    async confirmedTo() {
      const { rows } = await pool().query<{ to: string }>(
        "select confirmed_number as to from chain_cursor where chain_id = $1",
        [network.chainId],
      );
      return BigInt(rows[0]?.to ?? -1);
    },
  };
}
