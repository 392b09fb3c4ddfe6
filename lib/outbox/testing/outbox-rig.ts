import { type Address, type Hex, parseEther } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { startTestDevnet } from "@/lib/testing/devnet";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { outboxLane } from "@/lib/testing/outbox-lane";

type LaneOptions = Omit<Parameters<typeof outboxLane>[0], "db" | "rpcUrl">;

/** A database and a devnet of one test file's own, and lanes between them: each of an account that nobody else has. */
export function outboxRig() {
  const ledger = ledgerForFile(6);
  let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
  beforeAll(async () => {
    devnet = await startTestDevnet();
  });
  afterAll(() => devnet?.stop());

  const laneOf = (options: LaneOptions = {}) =>
    outboxLane({ db: ledger.db, rpcUrl: devnet.rpcUrl, ...options });
  return {
    get db() {
      return ledger.db;
    },
    get devnet() {
      return devnet;
    },
    /** A lane of an account without coins. */
    laneOf,
    /** A lane of an account with 10 coins. */
    async fundedLane(options: LaneOptions = {}) {
      const box = laneOf(options);
      await devnet.chain.setBalance({ address: box.account.address, value: parseEther("10") });
      return box;
    },
    /** A key of a transaction that nobody has written down yet. */
    newKey: (): string => `test:${generatePrivateKey()}`,
    balance: (address: Address): Promise<bigint> => devnet.chain.getBalance({ address }),
    /** How many transactions of the account are in blocks. */
    counted: (address: Address): Promise<number> => devnet.chain.getTransactionCount({ address }),
    /** Undoes the newest blocks, so many, with what is in them. */
    reorganise: (depth: number): Promise<unknown> =>
      devnet.chain.request({ method: "anvil_reorg" as never, params: [depth, []] as never }),
    /** Plays without blocks but those that the test mines. */
    async withoutBlocks(play: () => Promise<void>): Promise<void> {
      await devnet.chain.setAutomine(false);
      try {
        await play();
      } finally {
        await devnet.chain.setAutomine(true);
      }
    },
    /** What the lane says of itself in `chain_signer`: why nothing goes out, or null. */
    async problemOf(address: Address): Promise<string | null> {
      const { rows } = await ledger.db.query("select problem from chain_signer where address = $1", [
        address.toLowerCase(),
      ]);
      return rows[0]?.problem ?? null;
    },
    /** Every attempt of a transaction that was signed, the first before the others. */
    async attemptsOf(key: string): Promise<{ hash: Hex; max_fee: string; tip: string }[]> {
      const { rows } = await ledger.db.query(
        `select a.hash, a.max_fee, a.tip from chain_attempt a join chain_intent i on i.id = a.intent_id
         where i.intent_key = $1 order by a.seq`,
        [key],
      );
      return rows;
    },
  };
}
