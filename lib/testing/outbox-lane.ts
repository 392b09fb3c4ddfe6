import type pg from "pg";
import { type Address, createPublicClient, http } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import type { ChainClient } from "@/lib/chain/public-client";
import { enqueueTransaction, type NewTransaction } from "@/lib/outbox/enqueue-transaction";
import type { Lane, Limits, Moment, Patience } from "@/lib/outbox/lane";
import { runOutboxOnce } from "@/lib/outbox/run-outbox-once";

const GWEI = 10n ** 9n;

/** A lane in a hurry, of a new account of its own, for tests on a devnet. */
export function outboxLane(options: {
  db: pg.Pool;
  rpcUrl: string;
  account?: PrivateKeyAccount;
  patience?: Partial<Patience>;
  limits?: Partial<Limits>;
  confirmations?: number;
}) {
  const account = options.account ?? privateKeyToAccount(generatePrivateKey());
  const lane: Lane = {
    db: options.db,
    client: createPublicClient({
      chain: foundry,
      transport: http(options.rpcUrl, { retryCount: 0, timeout: 5_000 }),
      cacheTime: 0,
    }) as ChainClient,
    network: {
      chainId: 31_337,
      confirmations: options.confirmations ?? 1,
      gasModel: "l1",
      coin: { symbol: "ETH" },
    },
    account,
    patience: {
      ...{ pollMs: 0, resendMs: 40, replaceMs: 60_000, retryMs: 5, leaseMs: 120, finalDepth: 12 },
      ...options.patience,
    },
    limits: { maxFee: 500n * GWEI, gasPerDay: 10n ** 18n, ...options.limits },
  };
  const sender = { chainId: 31_337, address: account.address };

  return {
    lane,
    account,
    enqueue: (asked: Pick<NewTransaction, "key" | "to"> & Partial<NewTransaction>) =>
      enqueueTransaction(options.db, { kind: "test", data: "0x", ...asked }, sender),
    pass: () => runOutboxOnce(lane),
    /** Dies once at that moment, wherever it comes up first. */
    dieAt(moment: Moment): void {
      lane.at = (now) => {
        if (now !== moment) return;
        delete lane.at;
        throw new Error(`died at ${moment}`);
      };
    },
    state: (key: string) => intentRow(options.db, key),
    /** Passes until the transaction is in one of the states. @throws Error when it does not get there */
    async until(key: string, ...states: string[]) {
      const began = performance.now();
      while (performance.now() - began < 50_000) {
        await runOutboxOnce(lane);
        const row = await intentRow(options.db, key);
        if (states.includes(row.state)) return row;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`${key} stays ${JSON.stringify(await intentRow(options.db, key))}`);
    },
  };
}

type IntentRow = {
  id: string;
  state: string;
  nonce: string | null;
  tries: number;
  tx_hash: `0x${string}` | null;
  cost: string | null;
  error_code: string | null;
  error: string | null;
  attempts: number;
};

async function intentRow(db: pg.Pool, key: string): Promise<IntentRow> {
  const { rows } = await db.query<IntentRow>(
    `select i.id, i.state, i.nonce, i.tries, i.tx_hash, i.cost, i.error_code, i.error,
       (select count(*)::int from chain_attempt a where a.intent_id = i.id) as attempts
     from chain_intent i where i.intent_key = $1`,
    [key],
  );
  const [row] = rows;
  if (!row) throw new Error(`There is no transaction ${key}.`);
  return row;
}

/** An address that has nothing yet: what it has afterwards came from the test. */
export function freshAddress(): Address {
  return privateKeyToAccount(generatePrivateKey()).address;
}
