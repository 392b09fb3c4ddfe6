/** Server-sent events that a delegate opened, over the real ledger: they end when the payer revokes, as its session does. */
import { randomBytes } from "node:crypto";
import { Challenge } from "mppx";
import { Mppx } from "mppx/client";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { beforeAll, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { delegatedStreams, type SignedDelegation, signDelegation } from "@/agents/client/delegated-streams";
import { ledgerStream } from "@/agents/client/ledger-stream";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const USD = 10n ** 18n;
const { url } = site;
const newKey = () => privateKeyToAccount(generatePrivateKey());
const soon = (seconds: number) => BigInt(Math.floor(Date.now() / 1000) + seconds);
let nonces = 1n;

beforeAll(async () => {
  await site.mount("custom");
  await site.list();
});

/** A payer with an open stream on the ledger, and its session. */
async function newPayer() {
  const account = newKey();
  const { creditWallet } = await import("@/lib/streams/credit-wallet");
  const credit = { actor: account.address.toLowerCase(), amount: 100n * USD };
  await creditWallet({ ...credit, idempotencyKey: crypto.randomUUID() });
  const caps = { maxRatePerDay: 1_000n * USD, maxDeposit: 50n * USD, maxTotal: 100n * USD };
  const client = Mppx.create({ polyfill: false, methods: [ledgerStream({ account, caps })] });
  const response = await client.fetch(url, site.init);
  expect(response.status).toBe(200);
  return { account, session: response.headers.get("stream-session") ?? "" };
}

async function delegate(payer: PrivateKeyAccount, notAfter = soon(3_600)) {
  const agent = newKey();
  const terms = { realm: new URL(site.baseUrl).host, chainId: 31_337, maxFlowRate: USD, notAfter };
  const delegation = await signDelegation(payer, { ...terms, delegate: agent.address, nonce: nonces++ });
  return { agent, delegation };
}

const events = () => ({
  ...site.init,
  headers: { ...site.init.headers, accept: "text/event-stream" } as Record<string, string>,
});

async function openEvents(agent: PrivateKeyAccount, delegation: SignedDelegation) {
  const challenge = Challenge.fromResponse(await fetch(url, events()));
  const [method] = delegatedStreams({ account: agent, delegation });
  const authorization = await method.createCredential({ challenge } as never);
  const init = events();
  init.headers.Authorization = authorization;
  return fetch(url, init);
}

async function openBySession(session: string, signal?: AbortSignal) {
  const init = events();
  init.headers["Stream-Session"] = session;
  return fetch(url, { ...init, ...(signal ? { signal } : {}) });
}

async function revoke({ address }: PrivateKeyAccount, nonce: bigint) {
  const { revokeDelegation } = await import("@/lib/streams/delegations");
  await revokeDelegation({ actor: address, nonce });
}

/** What was sent so far; reading goes on. */
function readerOf(response: Response) {
  const read = { text: "", done: false };
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) read.text += decoder.decode(chunk as Uint8Array);
    read.done = true;
  })().catch(() => {});
  return read;
}

test("revoking ends what the delegate has open, by its proof and by its session, and nothing else of the payer's", async () => {
  const { account, session } = await newPayer();
  const [one, other] = [await delegate(account), await delegate(account)];
  const byProof = await openEvents(one.agent, one.delegation);
  expect(byProof.status).toBe(200);
  const bySession = await openBySession(byProof.headers.get("stream-session") ?? "");
  const leave = new AbortController();
  const own = await openBySession(session, leave.signal);
  const others = await openEvents(other.agent, other.delegation);
  expect([bySession.status, own.status, others.status]).toEqual([200, 200, 200]);
  const [first, second, mine, kept] = [byProof, bySession, own, others].map(readerOf);
  await vi.waitFor(() => {
    for (const each of [first, second, mine, kept]) expect(each?.text).toBe("data: first\n\n");
  });

  await revoke(account, one.delegation.nonce);
  await vi.waitFor(() => expect([first?.done, second?.done]).toEqual([true, true]), { timeout: 30_000 });
  for (const each of [first, second])
    expect(each?.text).toMatch(
      /^data: first\n\nevent: payment-ended\ndata: \{"code":"stream\/delegation-invalid","reason":"revoked",.*\n\nevent: payment-receipt\n/,
    );
  const { pool } = await import("@/lib/db/pool");
  const { rows } = await pool().query(
    "select state, count(*)::int as calls from request where payer = $1 group by state order by state",
    [account.address.toLowerCase()],
  );
  expect(rows).toEqual([
    { state: "open", calls: 2 },
    { state: "served", calls: 3 },
  ]);
  expect([mine?.done, kept?.done]).toEqual([false, false]);
  expect([mine?.text, kept?.text]).toEqual(["data: first\n\n", "data: first\n\n"]);
  leave.abort();
  await revoke(account, other.delegation.nonce);
  await vi.waitFor(() => expect(kept?.done).toBe(true), { timeout: 30_000 });
});

test("it ends when the time of the delegation is over, without anybody's doing", async () => {
  const { account } = await newPayer();
  const { agent, delegation } = await delegate(account, soon(4));
  const read = readerOf(await openEvents(agent, delegation));
  await vi.waitFor(() => expect(read.done).toBe(true), { timeout: 30_000 });
  expect(read.text).toMatch(/event: payment-ended\ndata: .*"reason":"expired"/);
});

test("a session that was revoked before anybody looked is known as its delegate's; one that has merely gone is not", async () => {
  const { account, session } = await newPayer();
  const { agent, delegation } = await delegate(account);
  const { sessionDelegation } = await import("@/lib/streams/session-delegation");
  const { delegationEnd } = await import("@/lib/streams/delegation-end");
  const { sha256Hex } = await import("./digest");
  const payer = account.address.toLowerCase();
  const sinceMs = BigInt(Date.now());
  const gone = { tokenHash: randomBytes(32).toString("hex"), payer, sinceMs };
  expect(await sessionDelegation(gone)).toBeNull();

  const opened = await openEvents(agent, delegation);
  const tokenHash = sha256Hex(opened.headers.get("stream-session") ?? "");
  expect(await sessionDelegation({ tokenHash, payer, sinceMs })).toBe(delegation.nonce);
  expect(await delegationEnd({ payer, nonce: delegation.nonce })).toBeNull();
  await revoke(account, delegation.nonce);
  expect(await sessionDelegation({ tokenHash, payer, sinceMs })).toBe(delegation.nonce);
  expect(await delegationEnd({ payer, nonce: delegation.nonce })).toBe("revoked");
  // Long before the call, and of another payer: it was not that.
  expect(await sessionDelegation({ tokenHash, payer, sinceMs: sinceMs + 600_000n })).toBeNull();
  expect(await sessionDelegation({ tokenHash, payer: newKey().address.toLowerCase(), sinceMs })).toBeNull();
  expect(await sessionDelegation({ tokenHash: sha256Hex(session), payer, sinceMs })).toBeNull();
  await opened.text();
});
