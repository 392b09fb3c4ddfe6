/** A provider from start to end: listed once, several models from one code, started again, stopped in order, paid. */
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: its clock is moved.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { runProgram } from "@/lib/testing/run-program";
import { signIn } from "../client/site-api";
import { marketplace } from "./marketplace";
import { readConfig } from "./read-config";
import { register } from "./register";
import { chat, moveClock, type ProviderRig, post, providerRig, readEvents } from "./testing/provider-rig";
import type { StartedProvider } from "./testing/start-provider";

const REMOTE = "https://models.letters.dev";
// Programs of their own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rig: ProviderRig;

beforeAll(async () => {
  rig = await providerRig(3);
}, 180_000);
afterAll(() => rig?.close(), 60_000);
afterEach(async () => {
  rig.inference.settings.wordMs = 0;
  await moveClock(0);
  await rig.stopAll(); // They share their ports.
});

const registered = (change: Record<string, string>) => {
  const config = readConfig(rig.settings(change));
  return register(config, marketplace(config));
};
const listed = async (id: string) => (await fetch(`${rig.server.url}/api/v1/providers/${id}`)).json();

describe("registration", () => {
  // A wallet of its own a test, so that none sees what another has listed.
  const wallet = (change: Record<string, string> = {}) => {
    const PROVIDER_KEY = generatePrivateKey();
    return (more: Record<string, string> = {}) => registered({ PROVIDER_KEY, ...change, ...more });
  };

  test("the same wallet and model is one listing, however often and however many at once", async () => {
    const start = wallet();
    const first = await start();
    expect(first).toMatchObject({ what: "registered", warning: null });
    const again = await Promise.all([start(), start(), start()]);
    for (const each of again) expect(each).toMatchObject({ what: "unchanged", providerId: first.providerId });
    const other = await start({ MODEL_NAME: "reverser-7b" });
    expect(other.what).toBe("registered");
    expect(other.providerId).not.toBe(first.providerId);
  });

  test("another price, endpoint or limit changes the listing, and what people wrote there stays", async () => {
    const key = generatePrivateKey();
    const start = (more: Record<string, string> = {}) => registered({ PROVIDER_KEY: key, ...more });
    const { providerId } = await start();
    const api = await signIn(rig.server.url, privateKeyToAccount(key));
    const config = readConfig(rig.settings({ PROVIDER_KEY: key, PROVIDER_NAME: "The Reverser" }));
    const { listingOf } = await import("./listing");
    const named = { ...listingOf(config, providerId, config.endpoint, null), description: "Reverses words." };
    await api.post("/api/v1/providers", named);

    expect(await start()).toMatchObject({ what: "unchanged", providerId });
    expect(await start({ PRICE_PER_SECOND: "0.0002" })).toMatchObject({ what: "updated", providerId });
    expect(await listed(providerId)).toMatchObject({
      name: "The Reverser",
      description: "Reverses words.",
      tiers: [0, 1, 2].map(() => ({ rate: { amount: "200000000000000", periodMs: 1_000 } })),
    });
    expect(await start({ PRICE_PER_SECOND: "0.0002", SERVICE_KINDS: "text,code" })).toMatchObject({
      what: "updated",
    });
    expect(await listed(providerId)).toMatchObject({ services: 3 });
    expect(await start({ PRICE_PER_SECOND: "0.0002", SERVICE_KINDS: "text,code" })).toMatchObject({
      what: "unchanged",
    });
  });

  test("an endpoint on the net is never replaced by one of this machine, but by another on the net", async () => {
    const start = wallet();
    const { providerId } = await start({ ENDPOINT_URL: REMOTE });
    const kept = await start();
    expect(kept).toMatchObject({ what: "unchanged", endpoint: REMOTE });
    expect(kept.warning).toContain("Set ENDPOINT_URL");
    expect(await start({ PRICE_PER_SECOND: "0.0003" })).toMatchObject({ what: "updated", endpoint: REMOTE });
    expect(await listed(providerId)).toMatchObject({ endpoint: REMOTE });
    expect(await start({ ENDPOINT_URL: "https://other.letters.dev" })).toMatchObject({ what: "updated" });
    expect(await listed(providerId)).toMatchObject({ endpoint: "https://other.letters.dev" });
  });

  test("one that was switched off is switched on again under its name", async () => {
    const key = generatePrivateKey();
    const { providerId } = await registered({ PROVIDER_KEY: key });
    await pool().query("update provider set active = false where id = $1", [providerId]);
    expect(await registered({ PROVIDER_KEY: key })).toMatchObject({ what: "updated", providerId });
    expect(await listed(providerId)).toMatchObject({ active: true });
  });

  test("a name that belongs to somebody else, or to another model, is not taken", async () => {
    await wallet({ PROVIDER_ID: "the-name" })();
    await expect(wallet({ PROVIDER_ID: "the-name" })()).rejects.toThrow("belongs to somebody else");
    const mine = wallet({ PROVIDER_ID: "my-name" });
    await mine();
    await expect(mine({ MODEL_NAME: "reverser-7b" })).rejects.toThrow("listed with the model reverser-1b");
  });
});

test("three models on three ports, by settings alone, each serve their own and refuse the others'", async () => {
  const models = ["reverser-2b", "reverser-14b", "reverser-70b"];
  const providers: StartedProvider[] = [];
  for (const [at, MODEL_NAME] of models.entries())
    providers.push(
      await rig.start({ MODEL_NAME, PORT: String(rig.ports[at]), PRICE_PER_SECOND: `0.0001${at}` }),
    );
  expect(new Set(providers.map(({ id }) => id)).size).toBe(3);
  const payer = await rig.newPayer();
  for (const [at, provider] of providers.entries()) {
    const door = `${rig.server.url}/api/p/${provider.id}/v1/chat/completions`;
    const own = await payer.pay(door, post(chat("a b", { model: models[at] })));
    expect(await own.json()).toMatchObject({ model: models[at] });
    const other = await payer.pay(door, post(chat("a b", { model: models[(at + 1) % 3] })));
    expect([other.status, (await other.json()).code]).toEqual([400, "model-not-served"]);
  }
  const wanted = `${rig.server.url}/api/v1/providers/cheapest?model=reverser-14b`;
  expect(await (await fetch(wanted)).json()).toMatchObject({ provider: { id: providers[1]?.id } });
});

test("SIGTERM: what is under way is served and settled, new calls are refused, and it exits with 0", async () => {
  const provider = await rig.start();
  const url = `${provider.url}/v1/chat/completions`;
  const payer = await rig.newPayer();
  const session = (await payer.pay(url, post(chat("hi")))).headers.get("stream-session") ?? "";
  rig.inference.settings.wordMs = 100;
  const running = await fetch(url, post(chat("count 20", { stream: true }), { "stream-session": session }));
  // Connections that are open already may still bring calls.
  provider.signal("SIGTERM");
  await vi.waitFor(async () => expect(await connects(provider.url)).toBe(false), { timeout: 20_000 });
  const { words, events } = readEvents(await running.text());
  expect(words).toHaveLength(20);
  expect(events.at(-1)?.event).toBe("payment-receipt");
  expect(await provider.exited).toBe(0);
  expect(await openCalls()).toBe(0);
});

test("an answer that takes longer than the drain ends in order, with a receipt for what was sent", async () => {
  const provider = await rig.start({ DRAIN_SECONDS: "1" });
  const payer = await rig.newPayer();
  rig.inference.settings.wordMs = 100;
  const running = await payer.pay(
    `${provider.url}/v1/chat/completions`,
    post(chat("count 600", { stream: true })),
  );
  provider.signal("SIGTERM");
  const { words, events } = readEvents(await running.text());
  expect(words.length).toBeLessThan(200);
  expect(events.find(({ event }) => event === "end")?.data).toMatchObject({
    superstream: { ended: "stopped" },
  });
  expect(events.at(-1)?.event).toBe("payment-receipt");
  expect(await provider.exited).toBe(0);
  expect(await openCalls()).toBe(0);
});

test("killed in the middle of an answer, it starts again on the same listing; the answer that broke is free, and nothing earned is lost", async () => {
  const provider = await rig.start();
  const door = `${rig.server.url}/api/p/${provider.id}/v1/chat/completions`;
  const payer = await rig.newPayer();
  await payer.pay(door, post(chat("hi")));
  rig.inference.settings.wordMs = 100;
  const broken = await payer.pay(door, post(chat("count 200", { stream: true })));
  provider.signal("SIGKILL");
  await provider.exited;
  expect(readEvents(await broken.text()).events.at(-1)?.event).toBe("payment-void");

  rig.inference.settings.wordMs = 0;
  const again = await rig.start();
  expect(again.id).toBe(provider.id);
  expect(again.output()).toContain("unchanged");
  const next = await payer.pay(door, post(chat("a b")));
  expect(next.status).toBe(200);
});

test("what has been earned is collected when it has come together, and not before", async () => {
  const PROVIDER_KEY = generatePrivateKey(); // Earns from one stream alone.
  const provider = await rig.start({ PROVIDER_KEY, COLLECT_AT: "0.003", COLLECT_EVERY_SECONDS: "1" });
  const payer = await rig.newPayer();
  const owner = await signIn(rig.server.url, privateKeyToAccount(PROVIDER_KEY));
  await payer.pay(`${provider.url}/v1/chat/completions`, post(chat("hi")));
  const before = BigInt(String((await owner.get("/api/v1/wallet")).balance));
  await moveClock(40_000); // 0.004 of the deposit of 0.006.
  await vi.waitFor(() => expect(provider.output()).toContain("Collected 0.00"), { timeout: 30_000 });
  const got = BigInt(String((await owner.get("/api/v1/wallet")).balance)) - before;
  expect(got).toBeGreaterThanOrEqual(3_000_000_000_000_000n);
  expect(got).toBeLessThan(8_000_000_000_000_000n);
});

test("wrong settings are named, all at once, and no secret is repeated", async () => {
  const { code, output } = await runProgram("agents/provider/main.ts", [], {
    ...rig.settings({ PROVIDER_KEY: "0xsecret", PRICE_PER_SECOND: "free", PORT: "99999" }),
    INFERENCE_URL: undefined,
  });
  expect(code).toBe(2);
  for (const name of [
    "PROVIDER_KEY must be",
    "PRICE_PER_SECOND must be",
    "PORT must be",
    "INFERENCE_URL is missing",
  ])
    expect(output).toContain(name);
  expect(output).not.toContain("0xsecret");
});

test("after all of this the books balance", async () => {
  expect(await runInvariants()).toEqual([]);
});

async function connects(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    () => true,
    () => false,
  );
}

async function openCalls(): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    "select count(*)::int as n from request where state = 'open'",
  );
  return rows[0]?.n ?? -1;
}
