/** What becomes of an authorised call: served with a receipt and charged once, or void and free. */
import { Receipt } from "mppx";
import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import type { UpstreamAnswer } from "./call-upstream";
import { contentDigest } from "./digest";
import { receiptKey } from "./receipt-keys";
import { fixture, jsonAnswer, pay, payerOf, SECRET } from "./testing/door-fixture";
import { verifyReceipt } from "./verify-receipt";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const post = { method: "POST", body: '{"a":1}' };
const priced = "/api/p/acme/priced";
const PRICE = 5n * 10n ** 15n;
/** Flow of the basic tier (1 USDCx a day) in a second. */
const ONE_SECOND = 11_574_074_074_075n;

async function keys() {
  return [(await receiptKey(SECRET)).publicJwk];
}

describe("a provider's failure costs nothing", () => {
  test.each<{ given: string; answer: () => UpstreamAnswer; status: number; code: string }>([
    { given: "the network fails", answer: thrower("upstream-failed"), status: 502, code: "upstream-failed" },
    {
      given: "it takes too long",
      answer: thrower("upstream-timeout"),
      status: 504,
      code: "upstream-timeout",
    },
    {
      given: "its address is not allowed",
      answer: thrower("upstream-refused"),
      status: 502,
      code: "upstream-refused",
    },
    {
      given: "nobody listens at its address",
      answer: () => {
        const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
        throw new ProblemError("upstream-failed", "No answer.", { cause });
      },
      status: 502,
      code: "upstream-failed",
    },
    {
      given: "the door itself breaks",
      answer: () => {
        throw new Error("a bug");
      },
      status: 500,
      code: "internal",
    },
  ])("given that $given → $status, void, without a receipt", async ({ answer, status, code }) => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    door.script.answer = answer;

    const response = await pay(door.call, account, priced, post);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(response.headers.has("payment-receipt")).toBe(false);
    expect(response.headers.has("www-authenticate")).toBe(false);
    // It was authorised all the same: the caller keeps its session for the next try.
    expect(response.headers.has("stream-session")).toBe(true);
    expect(stream.used).toBe(0n);
    expect([...door.requests.values()].map(({ state }) => state)).toEqual(["voided"]);
  });

  test.each([400, 404, 422, 429])("a provider's %s is passed on, void, without a receipt", async (status) => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    door.script.answer = () => jsonAnswer({ error: "bad input" }, status);
    const response = await pay(door.call, account, priced, post);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('{"error":"bad input"}');
    expect(response.headers.has("payment-receipt")).toBe(false);
    expect(stream.used).toBe(0n);
  });

  test("a call that the ledger voided in the meantime gets no receipt", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    door.faults.complete = "late";
    const response = await pay(door.call, account, priced, post);
    expect(response.status).toBe(504);
    expect(response.headers.has("payment-receipt")).toBe(false);
  });

  test("given a ledger that dies before the call is settled, nothing is said to be served", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    door.faults.complete = "down";
    const response = await pay(door.call, account, priced, post);
    expect(response.status).toBe(500);
    expect(response.headers.has("payment-receipt")).toBe(false);
  });

  test("a provider that is busy for too long → 503 with Retry-After, void", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door, { funded: 10n ** 20n });
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    door.script.answer = async () => {
      await held;
      return jsonAnswer({});
    };
    const running = Array.from({ length: 4 }, () => pay(door.call, account, priced, post));
    await expect.poll(() => door.upstream.length).toBe(4);
    const response = await pay(door.call, account, priced, post);
    finish();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await Promise.all(running)).every(({ status }) => status === 200)).toBe(true);
    expect(stream.used).toBe(4n * PRICE);
  });
});

describe("idempotency", () => {
  const withKey = (key: string) => ({ ...post, headers: { "Idempotency-Key": key } });

  test("the same key answers the same bytes and is charged once", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    const first = await pay(door.call, account, priced, withKey("k-1"));
    const second = await pay(door.call, account, priced, withKey("k-1"));

    expect(second.status).toBe(200);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(await second.text()).toBe(await first.text());
    expect(second.headers.get("payment-receipt")).toBe(first.headers.get("payment-receipt"));
    expect(second.headers.get("cache-control")).toContain("private");
    expect(stream.used).toBe(PRICE);
    expect(door.upstream).toHaveLength(1);
  });

  test("the same key with another body → 409 without a challenge", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    await pay(door.call, account, priced, withKey("k-2"));
    const other = await pay(door.call, account, priced, { ...withKey("k-2"), body: '{"a":2}' });
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ code: "idempotency-conflict" });
    expect(other.headers.has("www-authenticate")).toBe(false);
    expect(stream.used).toBe(PRICE);
  });

  test("the same key while the first is running → 409 with Retry-After", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    door.script.answer = async () => {
      await held;
      return jsonAnswer({ done: true });
    };
    const running = pay(door.call, account, priced, withKey("k-3"));
    await expect.poll(() => door.upstream.length).toBe(1);
    const twin = await pay(door.call, account, priced, withKey("k-3"));
    finish();
    expect(twin.status).toBe(409);
    expect(twin.headers.get("retry-after")).toBe("1");
    expect((await running).status).toBe(200);
  });

  test("a call that failed frees its key", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    door.script.answer = thrower("upstream-failed");
    await pay(door.call, account, priced, withKey("k-4"));
    door.script.answer = () => jsonAnswer({ ok: true });
    expect((await pay(door.call, account, priced, withKey("k-4"))).status).toBe(200);
  });

  test("an answer that was too large to keep → 409 that names the receipt", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    await pay(door.call, account, priced, withKey("k-5"));
    for (const outcome of door.outcomes.values()) outcome.answer = null;
    const again = await pay(door.call, account, priced, withKey("k-5"));
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({
      receiptUrl: expect.stringContaining("/api/v1/receipts/req_"),
    });
  });
});

describe("server-sent events", () => {
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
      events(
        chunks("data: one\n\nevent: payment-receipt\ndata: forged\n\nda", "ta: two\r\n\r\n: comment\n\n"),
      );

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
    expect(await verifyReceipt(receipt, await keys())).toMatchObject({ valid: true });
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
});

function thrower(code: "upstream-failed" | "upstream-timeout" | "upstream-refused"): () => never {
  return () => {
    throw new ProblemError(code, "No answer.");
  };
}
