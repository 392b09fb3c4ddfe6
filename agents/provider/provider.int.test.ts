/** The provider agent as people run it, behind a real server: listed once, asked for payment, serving what was paid for. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the market is looked at as a whole.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import type { RealPayer } from "@/lib/testing/real-payer";
import { type ProviderRig, providerRig } from "./testing/provider-rig";
import type { StartedProvider } from "./testing/start-provider";

// Programs of their own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rig: ProviderRig;
let provider: StartedProvider;
let payer: RealPayer;

beforeAll(async () => {
  rig = await providerRig();
  provider = await rig.start();
  payer = await rig.newPayer();
}, 180_000);
afterAll(() => rig?.close(), 60_000);

const door = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  payer.pay(`${rig.server.url}/api/p/${provider.id}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const say = (content: string, more: object = {}) => ({ messages: [{ role: "user", content }], ...more });

describe("in the market", () => {
  test("it is listed at its price, with one tier's worth of choice, typed services and its model", async () => {
    const listed = await (await fetch(`${rig.server.url}/api/v1/providers/${provider.id}`)).json();
    expect(listed).toMatchObject({
      owner: rig.owner.address,
      model: "reverser-1b",
      endpoint: `http://127.0.0.1:${rig.ports[0]}`,
      depositMs: 60_000,
      services: 2,
    });
    expect(listed.tiers).toHaveLength(3);
    for (const tier of listed.tiers)
      expect(tier).toMatchObject({
        rate: { amount: "100000000000000", periodMs: 1_000 },
        requiredDeposit: "6000000000000000", // S1.15: 0.0001 a second for 60 s.
        maxRequestsPerHour: 600,
      });
  });

  test("health says the model, the wallet, and that the model answers", async () => {
    const response = await fetch(`${provider.url}/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual({
      status: "ok",
      model: "reverser-1b",
      provider: rig.owner.address,
      providerId: provider.id,
    });
  });
});

describe("through the paid door", () => {
  test("a chat is answered by the priced model, with a receipt", async () => {
    const response = await door("/v1/chat/completions", say("one two three"));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      model: "reverser-1b",
      choices: [{ message: { role: "assistant", content: "three two one " } }],
    });
    expect(response.headers.get("payment-receipt")).toBeTruthy();
    expect(rig.inference.asked.at(-1)).toMatchObject({ authorization: "Bearer inference-key" });
  });

  test("a chat with stream: true comes as events that any client of OpenAI's reads, and ends with the receipt", async () => {
    const response = await door("/v1/chat/completions", say("count 3", { stream: true }));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = (await response.text()).trimEnd().split("\n\n");
    const words = events
      .filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice(6)).choices[0].delta.content ?? "");
    expect(words).toEqual(["1 ", "2 ", "3 ", ""]);
    expect(events.at(-2)).toBe("data: [DONE]");
    expect(events.at(-1)).toMatch(/^event: payment-receipt\ndata: \{"status":"success"/);
  });

  test("one prompt is answered in one sentence's worth of JSON", async () => {
    const response = await door("/inference", { prompt: "a b" });
    expect(await response.json()).toMatchObject({ model: "reverser-1b", output: "b a " });
  });

  test.each([
    ["another model", "/v1/chat/completions", say("hi", { model: "reverser-405b" }), "model-not-served"],
    ["no prompt", "/inference", {}, "invalid-input"],
    ["two answers for one price", "/v1/chat/completions", say("hi", { n: 2 }), "invalid-input"],
    ["a switch of the server's own", "/v1/chat/completions", say("hi", { models: ["big"] }), "invalid-input"],
  ])("%s is refused with 400 and free of charge, and the model is not asked", async (_, path, body, code) => {
    const before = rig.inference.asked.length;
    const response = await door(path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code, error: { code } });
    expect(response.headers.has("payment-receipt")).toBe(false);
    expect(rig.inference.asked).toHaveLength(before);
  });
});

describe("past the door", () => {
  const direct = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(provider.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });

  test("who has not paid gets 402, and the model is not asked", async () => {
    const before = rig.inference.asked.length;
    const response = await direct("/v1/chat/completions", say("hi"));
    expect(response.status).toBe(402);
    expect(rig.inference.asked).toHaveLength(before);
  });

  test("the door's plain headers let nobody in", async () => {
    const headers = {
      "stream-request": "req_1",
      "stream-id": "str_1",
      "stream-payer": payer.account.address,
      "stream-tier": "basic",
    };
    expect((await direct("/v1/chat/completions", say("hi"), headers)).status).toBe(402);
  });

  test("without a prompt it is 400, at an unknown route 404, by another method 405", async () => {
    expect((await direct("/inference", {})).status).toBe(400);
    expect((await direct("/v1/nothing", {})).status).toBe(404);
    const wrong = await fetch(`${provider.url}/inference`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("a page of any origin may ask, and is told what it may send", async () => {
    const response = await fetch(`${provider.url}/inference`, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-headers")).toContain("Authorization");
  });
});
