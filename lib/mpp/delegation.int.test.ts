/** Proofs by delegates of ordinary keys, over the real ledger. */
import { Challenge, Credential, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { delegatedStreams } from "@/agents/client/delegated-streams";
import { lockWaits } from "@/lib/testing/held-back";
import { streamTypedData } from "./stream-typed-data";
import { USD } from "./testing/chain-agents";
import { BASIC, delegates, inAnHour, invalid, newKey, refusal } from "./testing/delegates";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { url } = site;
const { request, ledgerPayer, delegate, call, revoke } = delegates(site);

beforeAll(async () => {
  await site.mount("custom");
  await site.open();
});

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
    const again = await request(session);
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
      request({ "Stream-Session": response.headers.get("stream-session") ?? "" });
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
      await lockWaits(pool(), 1);
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

  test("shown by another key than its delegate's, it is worth nothing", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const thief = { ...agent, signTypedData: newKey().signTypedData };
    expect(await refusal(await call(thief, delegation))).toEqual({
      status: 402,
      code: "verification-failed",
    });
    expect((await call(agent, delegation)).status).toBe(200);
  });

  test("one proof of it is served once, and one half of a delegation is none", async () => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const challenge = Challenge.fromResponse(await request());
    const [method] = delegatedStreams({ account: agent, delegation });
    const authorization = await method.createCredential({ challenge } as never);
    const send = (value: string) => request({ Authorization: value });
    const statuses = (await Promise.all(Array.from({ length: 5 }, () => send(authorization)))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([200, 402, 402, 402, 402]);

    const half = Credential.deserialize<Record<string, unknown>>(authorization);
    delete half.payload.delegation;
    half.challenge = Challenge.fromResponse(await request());
    expect(await refusal(await send(Credential.serialize(half as Credential.Credential)))).toEqual(
      invalid("incomplete"),
    );
  });

  test.each(["open", "topUp", "close"])("cannot %s: what moves money takes no delegate", async (action) => {
    const payer = await ledgerPayer();
    const { agent, delegation } = await delegate(payer);
    const challenge = Challenge.fromResponse(await request()) as never as Parameters<
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
      const response = await request({ Authorization: Credential.serialize(credential) });
      expect(response.status).toBe(402);
      expect(["verification-failed", "malformed-credential", "invalid-payload"]).toContain(
        (await refusal(response)).code,
      );
    }
  });
});
