import { Challenge } from "mppx";
import { Mppx } from "mppx/client";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { expect } from "vitest";
import { delegatedStreams, type SignedDelegation, signDelegation } from "@/agents/client/delegated-streams";
import { ledgerStream } from "@/agents/client/ledger-stream";
import { USD } from "./chain-agents";
import type { ChainSite } from "./chain-site";

/** Base units a second of the basic tier, a dollar a day. */
export const BASIC = 11_574_074_074_074n;

export const newKey = (): PrivateKeyAccount => privateKeyToAccount(generatePrivateKey());

/** Unix seconds. */
export const inAnHour = (): bigint => BigInt(Math.floor(Date.now() / 1000) + 3_600);

/** The refusal of a delegation, for this reason. */
export const invalid = (reason: string) => ({ status: 402, code: "stream/delegation-invalid", reason });

export async function refusal(response: Response) {
  const { code, reason } = (await response.json()) as { code: string; reason?: string };
  return { status: response.status, code, ...(reason ? { reason } : {}) };
}

/** Payers with streams on the ledger, and delegates of theirs, at a site's door. */
export function delegates(site: ChainSite) {
  let nonces = 1n;
  const request = (headers: Record<string, string> = {}) =>
    fetch(site.url, { ...site.init, headers: { ...site.init.headers, ...headers } });

  return {
    /** One call with these headers beside those of every call. */
    request,
    /** A payer with an open stream on the ledger. */
    async ledgerPayer(tier = "basic"): Promise<PrivateKeyAccount> {
      const account = newKey();
      const { creditWallet } = await import("@/lib/streams/credit-wallet");
      await creditWallet({
        actor: account.address.toLowerCase(),
        idempotencyKey: crypto.randomUUID(),
        amount: 100n * USD,
      });
      const caps = { maxRatePerDay: 1_000n * USD, maxDeposit: 50n * USD, maxTotal: 100n * USD };
      const client = Mppx.create({ polyfill: false, methods: [ledgerStream({ account, caps })] });
      const headers = { ...site.init.headers, "Stream-Tier": tier };
      expect((await client.fetch(site.url, { ...site.init, headers })).status).toBe(200);
      return account;
    },
    /** A new key, allowed by the payer for an hour at the basic rate, but for what `over` says. */
    async delegate(payer: PrivateKeyAccount, over: Partial<SignedDelegation> = {}) {
      const agent = newKey();
      const delegation = await signDelegation(payer, {
        delegate: agent.address,
        realm: new URL(site.baseUrl).host,
        chainId: 31_337,
        maxFlowRate: BASIC,
        notAfter: inAnHour(),
        nonce: nonces++,
        ...over,
      });
      return { agent, delegation };
    },
    /** One call by the stock client of a delegate; a refusal that it would answer with money is read as the server said it. */
    async call(agent: PrivateKeyAccount, delegation: SignedDelegation): Promise<Response> {
      const [method] = delegatedStreams({ account: agent, delegation });
      const challenge = Challenge.fromResponse(await request());
      return request({ Authorization: await method.createCredential({ challenge } as never) });
    },
    async revoke(payer: PrivateKeyAccount, nonce: bigint) {
      const { revokeDelegation } = await import("@/lib/streams/delegations");
      return revokeDelegation({ actor: payer.address, nonce });
    },
  };
}
