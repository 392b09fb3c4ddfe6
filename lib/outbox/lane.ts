import type pg from "pg";
import type { PrivateKeyAccount } from "viem/accounts";
import type { Network } from "@/lib/chain/network";
import type { ChainClient } from "@/lib/chain/public-client";

/** How patient the outbox is. Milliseconds by the database's clock. */
export type Patience = {
  /** Pause between two looks at what is under way. */
  pollMs: number;
  /** Sent and not in a block for this long: sent once more, in case the node has dropped it. */
  resendMs: number;
  /** Not in a block for this long after it was signed: signed again with higher fees. */
  replaceMs: number;
  /** First pause after a refused simulation or a node's failure; it doubles each time. */
  retryMs: number;
  /** How long a claim keeps others away. A server that dies in the middle is taken over after it. */
  leaseMs: number;
  /** Blocks upon a transaction, its own included, after which nobody looks at it again. */
  finalDepth: number;
};

/** What may be spent. Wei of the network's coin. */
export type Limits = { maxFee: bigint; gasPerDay: bigint };

/** The moments between which a server may die: a test throws there. */
export type Moment = "claimed" | "simulated" | "signed" | "broadcast" | "sent" | "seen" | "recorded";

/** One account that sends on one chain, with everything that takes. */
export type Lane = {
  db: pg.Pool;
  client: ChainClient;
  network: Pick<Network, "chainId" | "confirmations" | "gasModel"> & {
    coin: Pick<Network["coin"], "symbol">;
  };
  account: PrivateKeyAccount;
  patience: Patience;
  limits: Limits;
  at?: (moment: Moment) => void;
};

/** The account as it is stored: lower case. */
export function laneAddress({ account }: Pick<Lane, "account">): string {
  return account.address.toLowerCase();
}
