/** Proofs by delegates and by smart accounts, over the real ledger and a real chain. */
import { Challenge, Credential, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { encodeDeployData, encodeFunctionData, type Hex, hashTypedData, parseUnits } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { delegatedStreams, type SignedDelegation, signDelegation } from "@/agents/client/delegated-streams";
import { ledgerStream } from "@/agents/client/ledger-stream";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { testWalletAbi } from "@/contracts-abi/test-wallet";
import { testWalletBytecode } from "@/contracts-abi/test-wallet-bytecode";
import type { ChainRequest } from "./chain-methods";
import { providerTag } from "./provider-tag";
import { streamTypedData } from "./stream-typed-data";
import { OWNER, PROVIDER } from "./testing/chain-site";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const USD = 10n ** 18n;
const BASIC = 11_574_074_074_074n;
const { url, devnet, newAgent } = site;
const newKey = () => privateKeyToAccount(generatePrivateKey());
const inAnHour = () => BigInt(Math.floor(Date.now() / 1000) + 3_600);
let nonces = 1n;

beforeAll(async () => {
  await site.mount("custom");
  await site.open();
});

/** A payer with an open stream on the ledger. */
async function ledgerPayer(tier = "basic"): Promise<PrivateKeyAccount> {
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
  expect((await client.fetch(url, { ...site.init, headers })).status).toBe(200);
  return account;
}

async function delegate(payer: PrivateKeyAccount, over: Partial<SignedDelegation> = {}) {
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
}

/** One call by the stock client of a delegate; a refusal that it would answer with money is read as the server said it. */
async function call(
  agent: PrivateKeyAccount,
  delegation: SignedDelegation,
  headers: Record<string, string> = {},
) {
  const challenged = await fetch(url, { ...site.init, headers: { ...site.init.headers, ...headers } });
  const [method] = delegatedStreams({ account: agent, delegation });
  const challenge = Challenge.fromResponse(challenged);
  const authorization = await method.createCredential({ challenge } as never);
  return fetch(url, {
    ...site.init,
    headers: { ...site.init.headers, ...headers, Authorization: authorization },
  });
}

async function refusal(response: Response) {
  const { code, reason } = (await response.json()) as { code: string; reason?: string };
  return { status: response.status, code, ...(reason ? { reason } : {}) };
}

const invalid = (reason: string) => ({ status: 402, code: "stream/delegation-invalid", reason });

async function revoke(payer: PrivateKeyAccount, nonce: bigint) {
  const { revokeDelegation } = await import("@/lib/streams/delegations");
  return revokeDelegation({ actor: payer.address, nonce });
}

describe("a delegate of an ordinary key", () => {
  test("is served on its payer's stream by the stock client, and its session serves the next call", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const client = Mppx.create({
      polyfill: false,
      methods: [...delegatedStreams({ account: agent, delegation })],
    });
    const response = await client.fetch(url, site.init);
    expect(response.status).toBe(200);
    expect(Receipt.fromResponse(response)).toMatchObject({ payer: `did:pkh:eip155:31337:${payer.address}` });
    const session = { "Stream-Session": response.headers.get("stream-session") ?? "" };
    const again = await fetch(url, { ...site.init, headers: { ...site.init.headers, ...session } });
    expect(again.status).toBe(200);

    const { listDelegations } = await import("@/lib/streams/delegations");
    expect(await listDelegations({ actor: payer.address })).toMatchObject([
      { delegate: agent.address, maxFlowRate: BASIC, revokedMs: null },
    ]);
  });

  test("is out at once when it is revoked, with the session that it holds; others of the payer stay", async () => {
    const payer = await ledgerPayer();
    const [one, other] = [await delegate(payer), await delegate(payer)];
    const served = await call(one.agent, one.delegation);
    const kept = await call(other.agent, other.delegation);
    expect([served.status, kept.status]).toEqual([200, 200]);
    const { listOpenDelegations } = await import("@/lib/streams/delegations");
    const open = async () =>
      (await listOpenDelegations({ actor: payer.address })).map(({ delegate }) => delegate).sort();
    expect(await open()).toEqual([one.agent.address, other.agent.address].sort());
    await revoke(payer, one.delegation.nonce);
    expect(await open()).toEqual([other.agent.address]);
    const withSession = (response: Response) =>
      fetch(url, {
        ...site.init,
        headers: { ...site.init.headers, "Stream-Session": response.headers.get("stream-session") ?? "" },
      });
    expect((await withSession(served)).status).toBe(402);
    expect((await withSession(kept)).status).toBe(200);
    expect(await refusal(await call(one.agent, one.delegation))).toEqual(invalid("revoked"));
  });

  test("revoked between the check of its signature and the decision, it is refused", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const { pool } = await import("@/lib/db/pool");
    const connection = await pool().connect();
    try {
      // The decision waits for the stream that this transaction holds: the signature has been checked by then.
      await connection.query("begin");
      await connection.query("select 1 from stream where sender = $1 for update", [
        payer.address.toLowerCase(),
      ]);
      await connection.query(
        "insert into delegation (payer, nonce, created_ms, revoked_ms) values ($1, $2, clock_ms(), clock_ms())",
        [payer.address.toLowerCase(), delegation.nonce],
      );
      const answer = call(agent, delegation);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await connection.query("commit");
      expect(await refusal(await answer)).toEqual(invalid("revoked"));
    } finally {
      connection.release();
    }
  });

  test("revoked before it was ever shown, it never works", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    await revoke(payer, delegation.nonce);
    expect(await refusal(await call(agent, delegation))).toEqual(invalid("revoked"));
  });

  test("somebody else's revocation of the same number changes nothing", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    await revoke(newKey(), delegation.nonce);
    expect((await call(agent, delegation)).status).toBe(200);
  });

  test("is refused after its time, and its session ends with it", async () => {
    const payer = await ledgerPayer();
    const past = await delegate(payer, { notAfter: inAnHour() - 3_601n });
    expect(await refusal(await call(past.agent, past.delegation))).toEqual(invalid("expired"));
    const notAfter = BigInt(Math.floor(Date.now() / 1000) + 20);
    const short = await delegate(payer, { notAfter });
    const served = await call(short.agent, short.delegation);
    expect(Date.parse(served.headers.get("stream-session-expires") ?? "")).toBe(Number(notAfter) * 1_000);
  });

  test("may not use a stream faster than it was allowed", async () => {
    const payer = await ledgerPayer("professional");
    const { agent, delegation } = await delegate(payer, { maxFlowRate: 10n * BASIC - 1n });
    expect(await refusal(await call(agent, delegation))).toEqual(invalid("rate-too-high"));
    const enough = await delegate(payer, { maxFlowRate: 115_740_740_740_740n });
    expect((await call(enough.agent, enough.delegation)).status).toBe(200);
  });

  test("cannot change what was signed, nor take it to another payer, key, site or chain", async () => {
    const [payer, victim] = [await ledgerPayer(), await ledgerPayer()];
    const { agent, delegation } = await delegate(payer);
    const unsigned = invalid("not-signed-by-payer");
    expect(await refusal(await call(agent, { ...delegation, payer: victim.address }))).toEqual(unsigned);
    expect(await refusal(await call(agent, { ...delegation, maxFlowRate: 10n ** 30n }))).toEqual(unsigned);
    expect(await refusal(await call(agent, { ...delegation, notAfter: delegation.notAfter + 1n }))).toEqual(
      unsigned,
    );
    expect(await refusal(await call(agent, { ...delegation, nonce: 999n }))).toEqual(unsigned);
    expect(await refusal(await call(newKey(), delegation))).toEqual(unsigned);
    const elsewhere = await delegate(payer, { realm: "elsewhere.test" });
    const here = { ...elsewhere.delegation, realm: delegation.realm };
    expect(await refusal(await call(elsewhere.agent, here))).toEqual(unsigned);
    const otherChain = await delegate(payer, { chainId: 1 });
    expect(
      await refusal(await call(otherChain.agent, { ...otherChain.delegation, chainId: 31_337 })),
    ).toEqual(unsigned);
    // A second delegation under a number that is in use.
    expect((await call(agent, delegation)).status).toBe(200);
    const twin = await delegate(payer, { nonce: delegation.nonce });
    expect(await refusal(await call(twin.agent, twin.delegation))).toEqual(invalid("nonce-used"));
  });

  test("one proof of it is served once, and one half of a delegation is none", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const challenge = Challenge.fromResponse(await fetch(url, site.init));
    const [method] = delegatedStreams({ account: agent, delegation });
    const authorization = await method.createCredential({ challenge } as never);
    const send = (value: string) =>
      fetch(url, { ...site.init, headers: { ...site.init.headers, Authorization: value } });
    const statuses = (await Promise.all(Array.from({ length: 5 }, () => send(authorization)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([200, 402, 402, 402, 402]);

    const half = Credential.deserialize<Record<string, unknown>>(authorization);
    delete half.payload.delegation;
    half.challenge = Challenge.fromResponse(await fetch(url, site.init));
    expect(await refusal(await send(Credential.serialize(half as Credential.Credential)))).toEqual(
      invalid("incomplete"),
    );
  });

  test.each(["open", "topUp", "close"])("cannot %s: what moves money takes no delegate", async (action) => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const challenge = Challenge.fromResponse(await fetch(url, site.init)) as never as Parameters<
      typeof streamTypedData
    >[0];
    const members = { deposit: String(USD), streamId: "str_1", amount: "1" };
    const wanted = { open: ["deposit"], topUp: ["streamId", "amount"], close: ["streamId"] }[action] ?? [];
    const payload = {
      action,
      payer: payer.address,
      ...Object.fromEntries(wanted.map((key) => [key, members[key as keyof typeof members]])),
    };
    const signature = await agent.signTypedData(streamTypedData(challenge, payload as never));
    const { maxFlowRate, notAfter, nonce, signature: granted } = delegation;
    const shown = {
      maxFlowRate: `${maxFlowRate}`,
      notAfter: `${notAfter}`,
      nonce: `${nonce}`,
      signature: granted,
    };
    for (const extra of [{}, { delegate: agent.address, delegation: shown }]) {
      const credential = Credential.from({
        challenge: challenge as never,
        payload: { ...payload, type: "proof", signature, ...extra },
      });
      const response = await fetch(url, {
        ...site.init,
        headers: { ...site.init.headers, Authorization: Credential.serialize(credential) },
      });
      expect(response.status).toBe(402);
      expect(["verification-failed", "malformed-credential", "invalid-payload"]).toContain(
        (await refusal(response)).code,
      );
    }
  });
});

describe("a smart account with a stream on the chain", () => {
  test("is proved by its owner and by a delegate of it, and by neither once that owner is removed", async () => {
    const owner = await newAgent();
    const deployed = await owner.wallet.sendTransaction({
      data: encodeDeployData({
        abi: testWalletAbi,
        bytecode: testWalletBytecode,
        args: [owner.account.address],
      }),
    });
    const { contractAddress: account } = await owner.reader.waitForTransactionReceipt({ hash: deployed });
    if (!account) throw new Error("No wallet was deployed.");
    await devnet.fund(account);
    const { usdc, streamPay } = devnet.addresses;
    const execute = async (to: Hex, data: Hex) => {
      const hash = await owner.wallet.writeContract({
        address: account,
        abi: testWalletAbi,
        functionName: "execute",
        args: [to, 0n, data],
      });
      const { status } = await owner.reader.waitForTransactionReceipt({ hash });
      expect(status).toBe("success");
    };
    await execute(
      usdc,
      encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [streamPay, 10n ** 9n] }),
    );
    const terms = {
      token: usdc,
      amount: parseUnits("1", 6),
      recipient: OWNER.address,
      duration: 86_400n,
      streamType: 0,
      providerId: providerTag(PROVIDER),
    };
    await execute(
      streamPay,
      encodeFunctionData({ abi: streamPayAbi, functionName: "createTokenStream", args: [terms] }),
    );

    const prove = async (by: PrivateKeyAccount, members: object = {}) => {
      const challenge = Challenge.fromResponseList(await fetch(url, site.init)).find(
        ({ method }) => method === "streampay",
      ) as Challenge.Challenge<ChainRequest, "stream", "streampay"> | undefined;
      if (!challenge) throw new Error("No challenge of StreamPay.");
      const payload = { action: "prove", payer: account } as const;
      const signature = await by.signTypedData(streamTypedData(challenge, payload));
      const credential = Credential.from({
        challenge,
        payload: { ...payload, type: "proof", signature, ...members },
      });
      return fetch(url, {
        ...site.init,
        headers: { ...site.init.headers, Authorization: Credential.serialize(credential) },
      });
    };
    await expect.poll(async () => (await prove(owner.account)).status, { timeout: 10_000 }).toBe(200);
    expect((await prove(newKey())).status).toBe(402);

    const agent = newKey();
    const granted = {
      realm: new URL(site.baseUrl).host,
      chainId: 31_337,
      delegate: agent.address,
      maxFlowRate: BASIC,
      notAfter: inAnHour(),
      nonce: 1n,
    };
    const { delegationTypedData } = await import("./delegation-typed-data");
    const texts = { maxFlowRate: `${BASIC}`, notAfter: `${granted.notAfter}`, nonce: "1" };
    const hash = hashTypedData(delegationTypedData({ ...granted, ...texts, payer: account }));
    const shown = {
      delegate: agent.address,
      delegation: { ...texts, signature: await owner.account.sign({ hash }) },
    };
    expect((await prove(agent, shown)).status).toBe(200);

    const heir = newKey().address;
    for (const [who, allowed] of [
      [heir, true],
      [owner.account.address, false],
    ] as const)
      await owner.reader.waitForTransactionReceipt({
        hash: await owner.wallet.writeContract({
          address: account,
          abi: testWalletAbi,
          functionName: "setOwner",
          args: [who, allowed],
        }),
      });
    expect(await refusal(await prove(owner.account))).toEqual({ status: 402, code: "verification-failed" });
    expect(await refusal(await prove(agent, shown))).toEqual(invalid("not-signed-by-payer"));
  });

  test("signs in with its owner's signature (ERC-1271)", async () => {
    const owner = await newAgent();
    const deployed = await owner.wallet.sendTransaction({
      data: encodeDeployData({
        abi: testWalletAbi,
        bytecode: testWalletBytecode,
        args: [owner.account.address],
      }),
    });
    const { contractAddress: address } = await owner.reader.waitForTransactionReceipt({ hash: deployed });
    const { createNonce } = await import("@/lib/auth/create-nonce");
    const { createSession } = await import("@/lib/auth/create-session");
    const signIn = async (by: PrivateKeyAccount) => {
      const { message } = await createNonce({ address: address ?? "0x" });
      return createSession({
        message: message ?? "",
        signature: await by.signMessage({ message: message ?? "" }),
      });
    };
    expect((await signIn(owner.account)).address).toBe(address?.toLowerCase());
    await expect(signIn(newKey())).rejects.toMatchObject({ code: "invalid-signature" });
  });
});
