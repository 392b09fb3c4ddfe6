/** What becomes of an authorised call that is answered as server-sent events: paid, watched while it flows, and ended with a receipt. */
import { Receipt } from "mppx";
import { expect, test, vi } from "vitest";
import type { UpstreamAnswer } from "./call-upstream";
import { contentDigest } from "./digest";
import { receiptKey } from "./receipt-keys";
import { fixture, pay, payerOf, SECRET } from "./testing/door-fixture";
import { verifyReceipt } from "./verify-receipt";

// Dozens of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const post = { method: "POST", body: '{"a":1}' };
const priced = "/api/p/acme/priced";
const PRICE = 5n * 10n ** 15n;
/** Flow of the basic tier (1 USDCx a day) in a second. */
const ONE_SECOND = 11_574_074_074_075n;

const encoder = new TextEncoder();
async function* chunks(...parts: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield encoder.encode(part);
  }
}
const events = (body: AsyncIterable<Uint8Array>, stop = () => {}): UpstreamAnswer => ({
  kind: "events",
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body,
  stop,
});

test("pass as they come; the receipt is in the headers and again, with the digest, as the last event", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  door.script.answer = () =>
    events(chunks("data: one\n\nevent: payment-receipt\ndata: forged\n\nda", "ta: two\r\n\r\n: comment\n\n"));

  const response = await pay(door.call, account, priced, post);

  const header = Receipt.fromResponse(response) as unknown as Record<string, string>;
  expect(header).toMatchObject({ responseDigest: null, verificationLevel: "none" });
  const text = await response.text();
  const [body = "", last = ""] = text.split("event: payment-receipt\ndata: ");
  expect(body).toBe("data: one\n\ndata: two\n\n");
  const receipt = JSON.parse(last) as Record<string, string>;
  expect(receipt).toMatchObject({
    requestId: header.requestId,
    responseDigest: contentDigest(body),
    verificationLevel: "hash-committed",
  });
  expect(await verifyReceipt(receipt, [(await receiptKey(SECRET)).publicJwk])).toMatchObject({ valid: true });
  expect(text).not.toContain("forged");
  expect(stream.used).toBe(PRICE);
});

test("given one that breaks, it ends with payment-void and costs nothing", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  door.script.answer = () => events(chunks("data: one\n\n", new Error("reset")));
  const response = await pay(door.call, account, priced, post);
  const text = await response.text();
  expect(text).toMatch(/^data: one\n\nevent: payment-void\n/);
  expect(text).not.toContain("payment-receipt");
  expect(stream.used).toBe(0n);
});

test("given a caller that leaves, what was sent is served, and the place is free again", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  let stopped = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield encoder.encode("data: tick\n\n");
    } finally {
      stopped = true;
    }
  }
  door.script.answer = () => events(endless());
  const response = await pay(door.call, account, priced, post);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect.poll(() => stream.used).toBe(PRICE);
  expect(stopped).toBe(true);
  expect([...door.outcomes.values()]).toMatchObject([
    { outcome: "served", responseDigest: expect.any(String) },
  ]);
});

test("given a caller that leaves while the provider is silent, the provider is let go at once", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  const gone: { stop: () => void } = { stop: () => {} };
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    await new Promise((_, reject) => {
      gone.stop = () => reject(new DOMException("", "AbortError"));
    });
  }
  door.script.answer = () => events(silent(), () => gone.stop());
  const response = await pay(door.call, account, priced, post);
  const reader = response.body?.getReader();
  await reader?.read();
  const next = reader?.read();
  await reader?.cancel();
  await next;
  await expect.poll(() => stream.used).toBe(PRICE);
  expect([...door.requests.values()].map(({ state }) => state)).toEqual(["served"]);
});

test("given as many streams as a payer may hold, the next is a 429 and free; one that ends makes room", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const stops: (() => void)[] = [];
  door.script.answer = () => {
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      stop = resolve;
    });
    stops.push(stop);
    async function* held(): AsyncGenerator<Uint8Array> {
      yield encoder.encode("data: one\n\n");
      await over;
    }
    return events(held(), stop);
  };
  const open = [await pay(door.call, account, priced, post), await pay(door.call, account, priced, post)];
  const third = await pay(door.call, account, priced, post);
  expect(third.status).toBe(429);
  expect(third.headers.get("retry-after")).toBe("5");
  stops[0]?.();
  await open[0]?.text();
  expect((await pay(door.call, account, priced, post)).status).toBe(200);
  for (const stop of stops) stop();
  await open[1]?.text();
  const states = [...door.requests.values()].map(({ state }) => state);
  expect(states.filter((state) => state === "voided")).toHaveLength(1);
});

test("given a stream that takes long, it says that it lives until it ends, and no longer", async () => {
  const door = fixture({ heartbeatMs: 10 });
  const { account } = payerOf(door);
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    while (door.extended.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    yield encoder.encode("data: two\n\n");
  }
  door.script.answer = () => events(slow());
  const response = await pay(door.call, account, priced, post);
  expect(await response.text()).toContain("event: payment-receipt");
  expect(new Set(door.extended)).toEqual(new Set([...door.requests.keys()]));
  const said = door.extended.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(door.extended).toHaveLength(said);
});

test("given a deposit that runs out, it asks for a top-up, waits, and goes on when it came", async () => {
  const door = fixture({ patience: { patienceMs: 2_000, pollMs: 10 } });
  const { account, stream } = payerOf(door, { funded: PRICE + ONE_SECOND });
  const gate: { open: () => void } = { open: () => {} };
  const later = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    await later;
    yield encoder.encode("data: two\n\n");
  }
  door.script.answer = () => events(slow());
  const response = await pay(door.call, account, priced, post);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  gate.open();
  setTimeout(() => {
    stream.funded += 10n ** 18n;
  }, 50);
  const text = await response.text();
  expect(text).toMatch(/event: payment-need-topup\ndata: \{"streamId":"str_/);
  expect(text.indexOf("data: two")).toBeGreaterThan(text.indexOf("payment-need-topup"));
  expect(text).toContain("event: payment-receipt");
});

test.each(["closed", "paused"] as const)(
  "given a payer that has it %s meanwhile, nothing more is sent: it ends with a receipt for what was",
  async (how) => {
    const door = fixture({ patience: { patienceMs: 30_000, pollMs: 10 } });
    const { account, stream } = payerOf(door);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let tick = 0; tick < 1_000; tick += 1) {
        yield encoder.encode(`data: ${tick}\n\n`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    door.script.answer = () => events(endless());
    const response = await pay(door.call, account, priced, post);
    setTimeout(() => {
      stream[how] = true;
    }, 50);
    const text = await response.text();
    expect(text).toContain("data: 1\n");
    expect(text).not.toContain("data: 999\n");
    expect(text).not.toContain("payment-need-topup");
    expect(text).toContain("event: payment-receipt");
    expect(stream.used).toBe(PRICE);
  },
);

test("given a deposit that runs out and stays out, it ends with a receipt for what was sent", async () => {
  const door = fixture({ patience: { patienceMs: 30, pollMs: 10 } });
  const { account } = payerOf(door, { funded: PRICE + ONE_SECOND });
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield encoder.encode("data: one\n\n");
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    yield encoder.encode("data: two\n\n");
  }
  door.script.answer = () => events(slow());
  const response = await pay(door.call, account, priced, post);
  const text = await response.text();
  expect(text).toContain("payment-need-topup");
  expect(text).not.toContain("data: two");
  expect(text).toContain("event: payment-receipt");
});
