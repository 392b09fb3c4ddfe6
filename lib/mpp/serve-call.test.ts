/** What becomes of an authorised call that is answered whole: served with a receipt and charged once, or void and free. */
import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import type { UpstreamAnswer } from "./call-upstream";
import { fixture, jsonAnswer, pay, payerOf } from "./testing/door-fixture";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const post = { method: "POST", body: '{"a":1}' };
const priced = "/api/p/acme/priced";
const PRICE = 5n * 10n ** 15n;

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

function thrower(code: "upstream-failed" | "upstream-timeout" | "upstream-refused"): () => never {
  return () => {
    throw new ProblemError(code, "No answer.");
  };
}
