/** A site whose calls are paid by single payments, for tests: a devnet with real USDC, and two providers. Call `startChargeSite` in `vi.hoisted`. */
import type { Address } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { beforeAll, expect } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { SettleTools } from "../settle-charge";
import { PROVIDER, startChainSite } from "./chain-site";
import { type ExactOffer, exactPayment, type Signing } from "./exact-payment";

/** Four hours of a dollar a day, rounded up to a millionth of a dollar. */
export const PRICE = 166_667n;
/** A second provider, at the price of the first. */
export const ELSEWHERE = "sibyl";

export async function startChargeSite() {
  const site = await startChainSite();
  const { devnet, baseUrl } = site;
  let operator: Address | undefined;
  beforeAll(async () => {
    for (const id of [PROVIDER, ELSEWHERE]) await site.list(id);
    await site.mount("custom");
    const { findOperatorAccount } = await import("@/lib/outbox/operator-account");
    operator = findOperatorAccount()?.address;
    // The operator's first pass gets it coins for gas, for which blocks have to be made.
    const { passOutbox } = await import("@/lib/outbox/run-outbox");
    await passOutbox();
  });

  const db = async () => (await import("@/lib/db/pool")).pool();
  const url = (provider = PROVIDER) => `${baseUrl}/api/p/${provider}/add`;
  const usdcOf = (address: Address): Promise<bigint> =>
    devnet.chain.readContract({
      ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, functionName: "balanceOf", args: [address] },
    });

  async function offers(): Promise<{ accepts: ExactOffer[]; response: Response }> {
    const response = await fetch(url(), site.init);
    expect(response.status).toBe(402);
    const required = Buffer.from(response.headers.get("payment-required") ?? "", "base64").toString();
    return { accepts: JSON.parse(required).accepts, response };
  }

  /** The same call as `pay`, for a door that a test has made itself. */
  const paidRequest = (payment: string, provider?: string) =>
    new Request(url(provider), {
      ...site.init,
      headers: { ...site.init.headers, "PAYMENT-SIGNATURE": payment },
    });

  return {
    ...{ devnet, db, url, usdcOf, offers, paidRequest },
    get init() {
      return site.init;
    },
    /** Who is paid: the server's own account. */
    get operator(): Address {
      if (!operator) throw new Error("The devnet has no operator.");
      return operator;
    },

    /** @param funded with 10,000 USDC */
    async newPayer(funded = true): Promise<PrivateKeyAccount> {
      const account = privateKeyToAccount(generatePrivateKey());
      if (funded) await devnet.fund(account.address);
      return account;
    },
    async sign(payer: PrivateKeyAccount, bend?: Signing, accepted?: Partial<ExactOffer>): Promise<string> {
      const [offer] = (await offers()).accepts;
      if (!offer) throw new Error("Nothing is offered.");
      return exactPayment(payer, offer, bend, accepted);
    },
    pay: (payment: string, provider?: string) => fetch(paidRequest(payment, provider)),

    /** A door beside the site's whose payments are settled by `pass` alone, as patient as it is told. */
    async doorWith({ pass, patience }: Pick<SettleTools, "pass" | "patience">) {
      const { createDoor, fetchDoor } = await import("../create-door");
      const { doorTools } = await import("../paid-door");
      const { doorCharges } = await import("../door-charges");
      const { findDoorChain } = await import("../door-chain");
      const { pool } = await import("@/lib/db/pool");
      const { findConfiguredNetwork } = await import("@/lib/chain/configured-network");
      const { storeAssets } = await import("@/lib/rails/chain-assets");
      const chain = findDoorChain();
      const network = findConfiguredNetwork()?.network;
      if (!chain || !network) throw new Error("No chain.");
      const prepare = () => storeAssets(pool(), network);
      const charges = doorCharges(chain, this.operator, { db: pool, pass, prepare, patience });
      return fetchDoor(createDoor({ ...doorTools(), charges }));
    },

    async count(table: "chain_charge" | "chain_intent" | "journal_entry"): Promise<number> {
      const { rows } = await (await db()).query<{ n: number }>(`select count(*)::int as n from ${table}`);
      return rows[0]?.n ?? -1;
    },
    async streamsOf(payer: PrivateKeyAccount) {
      const { rows } = await (await db()).query(
        "select rail, status, tier, funded, provider_id from stream where sender = $1 order by opened_ms",
        [payer.address.toLowerCase()],
      );
      return rows;
    },
    /** The balance of the payer's ledger wallet; undefined before the first credit. */
    async walletOf(payer: PrivateKeyAccount): Promise<string | undefined> {
      const { rows } = await (await db()).query("select balance from account where id = $1", [
        `wallet:${payer.address.toLowerCase()}`,
      ]);
      return rows[0]?.balance;
    },

    /** The books balance, something was credited, and the chain holds at least that. */
    async expectBalancedBooks(): Promise<void> {
      const { runInvariants } = await import("@/lib/ledger/run-invariants");
      expect(await runInvariants()).toEqual([]);
      const { rows } = await (await db()).query<{ given: string; entered: string }>(
        `select coalesce(sum(t.amount), 0) as given, (select -sum(p.amount) from posting p where p.account_id like 'external:charge:%') as entered
         from journal_entry e join posting t on t.entry_id = e.id and t.amount > 0 where e.kind = 'charge'`,
      );
      const given = BigInt(rows[0]?.given ?? 0);
      expect(rows[0]?.entered).toBe(rows[0]?.given);
      expect(given > 0n).toBe(true);
      expect((await usdcOf(this.operator)) * 10n ** 12n >= given).toBe(true);
    },
  };
}
