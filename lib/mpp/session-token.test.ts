/** What a session token opens, and what is kept of it. */
import { expect, test } from "vitest";
import { fixture, pay, payerOf } from "./testing/door-fixture";

const quote = "/api/p/acme/quote";

test("a session token does not serve a faster tier than its stream", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const first = await pay(door.call, account, quote);
  const headers = {
    "Stream-Session": first.headers.get("stream-session") ?? "",
    "Stream-Tier": "enterprise",
  };
  const response = await door.call(quote, { headers });
  expect(response.status).toBe(402);
  expect(await response.json()).toMatchObject({
    code: "stream/flow-rate-insufficient",
    nextTier: "enterprise",
  });
});

test("a session token opens its own provider only", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const first = await pay(door.call, account, quote);
  const headers = { "Stream-Session": first.headers.get("stream-session") ?? "" };
  expect((await door.call("/api/p/globex/quote", { headers })).status).toBe(402);
  expect((await door.call("/api/p/acme/score", { method: "POST", headers })).status).toBe(200);
});

test("the ledger keeps only the hash of a token", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const token = (await pay(door.call, account, quote)).headers.get("stream-session") ?? "";
  expect([...door.sessions.keys()].join()).not.toContain(token);
});
