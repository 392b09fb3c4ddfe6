/** What becomes of server-sent events that a delegate opened when its delegation ends: they end too, with a receipt for what was sent. */
import type { PrivateKeyAccount } from "viem/accounts";
import { expect, test, vi } from "vitest";
import type { UpstreamAnswer } from "./call-upstream";
import { fixture, pay, payerOf } from "./testing/door-fixture";

vi.setConfig({ testTimeout: 30_000 });

const priced = "/api/p/acme/priced";
const post = { method: "POST", body: '{"a":1}' };
const PRICE = 5n * 10n ** 15n;
/** Flow of the basic tier (1 USDCx a day) in a second. */
const ONE_SECOND = 11_574_074_074_075n;
const encoder = new TextEncoder();

/** A provider that sends one event and then nothing, until it is let go. */
function silentProvider() {
  const provider = { stopped: false, let: () => {} };
  async function* body(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    await new Promise<void>((_, reject) => {
      provider.let = () => reject(new DOMException("", "AbortError"));
    });
  }
  const answer = (): UpstreamAnswer => ({
    ...{ kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, body: body() },
    stop() {
      provider.stopped = true;
      provider.let();
    },
  });
  return { provider, answer };
}

type Door = ReturnType<typeof fixture>;
const delegationOf = (door: Door, account: PrivateKeyAccount) => {
  const delegation = { nonce: 7n, end: null as "revoked" | "expired" | null };
  door.delegated.set(account.address.toLowerCase(), delegation);
  return delegation;
};

test.each(["revoked", "expired"] as const)(
  "given a delegation that is %s while the provider is silent, it is let go, and the stream ends with the reason and a receipt",
  async (end) => {
    const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
    const { account, stream } = payerOf(door);
    const delegation = delegationOf(door, account);
    const { provider, answer } = silentProvider();
    door.script.answer = answer;
    const response = await pay(door.call, account, priced, post);
    const text = response.text();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(provider.stopped).toBe(false); // It holds so far.
    delegation.end = end;
    const said = await text;
    expect(provider.stopped).toBe(true);
    expect(said).toMatch(/^data: one\n\nevent: payment-ended\ndata: \{.*\}\n\nevent: payment-receipt\n/);
    const told = JSON.parse(/payment-ended\ndata: (.*)\n/.exec(said)?.[1] ?? "");
    expect(told).toEqual({ code: "stream/delegation-invalid", reason: end, streamId: stream.id });
    expect([...door.outcomes.values()]).toMatchObject([{ outcome: "served" }]);
    expect(stream.used).toBe(PRICE);
    expect(door.reports).toEqual([]);
  },
);

test("given a call by the session that a delegate got, it ends as well", async () => {
  const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
  const { account } = payerOf(door);
  const delegation = delegationOf(door, account);
  const first = await pay(door.call, account, priced, post);
  const session = { "Stream-Session": first.headers.get("stream-session") ?? "" };
  door.script.answer = silentProvider().answer;
  const response = await door.call(priced, { ...post, headers: session });
  expect(response.status).toBe(200);
  delegation.end = "revoked";
  expect(await response.text()).toMatch(/event: payment-ended\ndata: .*"revoked"/);
});

test("given a payer's own call, nothing is looked for and nothing ends it", async () => {
  const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
  const { account } = payerOf(door);
  const { provider, answer } = silentProvider();
  door.script.answer = answer;
  const asked = vi.spyOn(door.ledger, "delegationEnd");
  const response = await pay(door.call, account, priced, post);
  const text = response.text();
  delegationOf(door, account).end = "revoked"; // Of an agent that this call is not by.
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(provider.stopped).toBe(false);
  expect(asked).not.toHaveBeenCalled();
  provider.let();
  expect(await text).toContain("event: payment-void");
});

test("given a ledger that is away for a moment, nothing ends before it is back", async () => {
  const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
  const { account } = payerOf(door);
  const delegation = delegationOf(door, account);
  const { provider, answer } = silentProvider();
  door.script.answer = answer;
  door.faults.delegations = "down";
  const response = await pay(door.call, account, priced, post);
  const text = response.text();
  delegation.end = "revoked";
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(provider.stopped).toBe(false);
  delete door.faults.delegations;
  expect(await text).toContain("event: payment-ended");
});

test("given a stream that waits for a top-up, it does not wait on for a delegate who is out", async () => {
  const door = fixture({ patience: { patienceMs: 600_000, pollMs: 10 } });
  const { account } = payerOf(door, { funded: PRICE + ONE_SECOND });
  const delegation = delegationOf(door, account);
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    yield encoder.encode("data: two\n\n");
  }
  door.script.answer = () => ({
    ...{ kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, body: slow() },
    stop: () => {},
  });
  const response = await pay(door.call, account, priced, post);
  setTimeout(() => {
    delegation.end = "revoked";
  }, 1_500);
  const text = await response.text();
  expect(text).toContain("payment-need-topup");
  expect(text).not.toContain("data: two");
  expect(text).toContain("event: payment-ended");
  expect(text).toContain("event: payment-receipt");
});

test("given a provider that talks on, nothing of it is passed on after the end", async () => {
  const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
  const { account } = payerOf(door);
  const delegation = delegationOf(door, account);
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let tick = 0; tick < 5_000; tick += 1) {
      yield encoder.encode(`data: ${tick}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  door.script.answer = () => ({
    ...{ kind: "events", status: 200, headers: { "content-type": "text/event-stream" }, body: endless() },
    stop: () => {}, // It does not listen.
  });
  const response = await pay(door.call, account, priced, post);
  setTimeout(() => {
    delegation.end = "revoked";
  }, 50);
  const text = await response.text();
  expect(text).toContain("data: 1\n");
  expect(text).not.toContain("data: 4999\n");
  expect(text).toMatch(/event: payment-ended\n.*\n\nevent: payment-receipt\n[^\n]*\n\n$/);
});
