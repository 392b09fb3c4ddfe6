/** Credit that was bought on a real devnet, for tests of taking it back there: one account of the server's, paid and paying. */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import { type Address, erc20Abi, type Hex, parseEther } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { expect, vi } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { findNetwork } from "@/lib/chain/networks";
import { storeAssets } from "@/lib/rails/chain-assets";
import type { startTestDevnet } from "@/lib/testing/devnet";
import { someAddress, walletBalance } from "@/lib/testing/ledger-fixtures";
import { outboxLane } from "@/lib/testing/outbox-lane";
import { chainTermsOf } from "../chain-terms";
import { authorizationDomain, authorizationTypes } from "../charge-authorization";
import { readChargeToken } from "../charge-token";
import { settleCharge } from "../settle-charge";
import { endWithdrawals } from "../withdrawals/end-withdrawals";
import { withdrawCredit } from "../withdrawals/withdraw-credit";
import type { WithdrawalTools } from "../withdrawals/withdrawal-tools";

type Devnet = Awaited<ReturnType<typeof startTestDevnet>>;

/** The outbox of tests calls a transaction final after so many blocks. */
const FINAL_DEPTH = 12;
/** A unit of USDC in base units of the ledger. */
export const WORTH = 10n ** 12n;
export const DOLLAR = 10n ** 18n;

export async function withdrawalRig(db: pg.Pool, devnet: Devnet) {
  const box = outboxLane({ db, rpcUrl: devnet.rpcUrl });
  const { account: operator } = box;
  const { client } = box.lane;
  const network = findNetwork(DEVNET.chainId);
  if (!network) throw new Error("The devnet is no network.");
  await devnet.chain.setBalance({ address: operator.address, value: parseEther("10") });
  await storeAssets(db, network);
  const token = await readChargeToken(
    {
      terms: chainTermsOf(network, DEVNET.streamPay),
      client: async () => client,
      factories: [],
      confirmations: 1,
      confirmedTo: async () => 0n,
    },
    operator.address,
  );
  if (!token) throw new Error("The devnet's dollar takes no authorisations.");

  const tools: WithdrawalTools = {
    ...{ db, client: async () => client, account: operator, token, pass: async () => {} },
    ...{ validSeconds: 600n, mixed: true },
  };
  const chain = { chainId: 31_337, confirmations: 1, finalDepth: FINAL_DEPTH, client: async () => client };
  const usdcOf = (address: string): Promise<bigint> =>
    devnet.chain.readContract({
      ...{ address: token.address, abi: erc20Abi, functionName: "balanceOf", args: [address as Address] },
    });

  /** A payer who has bought that much credit, in USDC's base units, by a single payment. */
  async function payerWith(value: bigint): Promise<PrivateKeyAccount> {
    const payer = privateKeyToAccount(generatePrivateKey());
    await devnet.fund(payer.address);
    if (value > 0n) await charge(payer, value);
    return payer;
  }

  async function charge(payer: PrivateKeyAccount, value: bigint): Promise<void> {
    const nonce: Hex = `0x${randomBytes(32).toString("hex")}`;
    const words = {
      from: payer.address,
      to: operator.address,
      value,
      validAfter: 0n,
      validBefore: 4_102_444_800n,
      nonce,
    };
    const signature = await payer.signTypedData({
      domain: authorizationDomain(tools.token),
      ...{ types: authorizationTypes, primaryType: "TransferWithAuthorization", message: words },
    });
    const use = { providerId: "somebody", tier: "basic", scheme: "mpp" } as const;
    const settled = await settleCharge(tools.token, { ...words, signature, signedBy: "key" }, use, {
      ...{ db, client: tools.client, pass: box.pass, patience: { patienceMs: 20_000, pollMs: 5 } },
    });
    if (settled.state !== "credited") throw new Error(`The payment was not credited: ${settled.state}`);
  }

  return {
    ...{
      box,
      tools,
      operator: operator.address,
      token: token.address,
      asset: token.asset.id,
      usdcOf,
      payerWith,
      charge,
    },
    withdraw: (
      payer: Pick<PrivateKeyAccount, "address">,
      amount: bigint,
      more: Partial<WithdrawalTools> & { key?: string } = {},
    ) => {
      const { key: idempotencyKey, ...other } = more;
      return withdrawCredit({ actor: payer.address, amount, idempotencyKey }, { ...tools, ...other });
    },
    end: () => endWithdrawals(db, chain),
    mine: (blocks: number) => devnet.chain.mine({ blocks }),
    walletOf: ({ address }: Pick<PrivateKeyAccount, "address">) => walletBalance(db, address.toLowerCase()),

    /** What is left of single payments, in USDC's base units. */
    async backing(): Promise<bigint> {
      const { rows } = await db.query<{ left: string }>(
        "select charged - withdrawn as left from chain_backing",
      );
      return BigInt(rows[0]?.left ?? 0);
    },
    async rowOf(id: string) {
      const { rows } = await db.query(
        "select state, settled_tx, nonce, valid_before_ms from chain_withdrawal where id = $1",
        [id],
      );
      return rows[0];
    },
    /** USDC of an account's own, sent by itself. */
    async send(from: Address, to: string, value: bigint): Promise<void> {
      await devnet.chain.setBalance({ address: from, value: parseEther("10") });
      await devnet.chain.impersonateAccount({ address: from });
      await devnet.chain.writeContract({
        ...{ address: tools.token.address, abi: erc20Abi, account: from, chain: foundry },
        ...{ functionName: "transfer", args: [to as Address, value] },
      });
      await devnet.chain.stopImpersonatingAccount({ address: from });
    },
    /** Takes an authorisation of the server's account back, as its owner could by hand. */
    async cancel(nonce: Hex): Promise<void> {
      const signature = await operator.signTypedData({
        domain: authorizationDomain(tools.token),
        types: {
          CancelAuthorization: [
            { name: "authorizer", type: "address" },
            { name: "nonce", type: "bytes32" },
          ],
        },
        ...{ primaryType: "CancelAuthorization", message: { authorizer: operator.address, nonce } },
      });
      const [sender] = await devnet.chain.getAddresses();
      if (!sender) throw new Error("Anvil has no accounts.");
      await devnet.chain.writeContract({
        ...{ address: tools.token.address, abi: testUsdcAbi, account: sender, chain: foundry },
        ...{ functionName: "cancelAuthorization", args: [operator.address, nonce, signature] },
      });
    },
    /**
     * Does things that lock the same row at the very same time: all of them have come to it before any goes on. At most as many as the pool has
     * clients, less two.
     */
    async atOnce<T>(
      lock: { sql: string; values: unknown[] },
      acts: (() => Promise<T>)[],
    ): Promise<PromiseSettledResult<T>[]> {
      const holder = await db.connect();
      try {
        await holder.query("begin");
        await holder.query(lock.sql, lock.values);
        const all = Promise.allSettled(acts.map((act) => act()));
        await vi.waitFor(
          async () => {
            const { rows } = await db.query(
              "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
            );
            expect(rows[0]?.n).toBe(acts.length);
          },
          { timeout: 2_500, interval: 5 }, // Those who wait give up after 3 s.
        );
        await holder.query("commit");
        return await all;
      } finally {
        holder.release();
      }
    },
    nobody: someAddress,
  };
}

export type WithdrawalRig = Awaited<ReturnType<typeof withdrawalRig>>;
