import { beforeAll, describe, expect, test, vi } from "vitest";

// The cheapest of the whole market is looked for here.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import {
  findCheapestProviderOperation,
  getProviderOperation,
  listProvidersOperation,
} from "@/lib/http/operations/market-operations";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { providerListing } from "@/lib/testing/provider-listing";
import { recordProbe } from "./probe-record";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

const OWNER = "0x1111111111111111111111111111111111111111";
const TOKEN = 10n ** 18n;

/** From the cheapest to the dearest. */
const PRICES: Record<string, bigint> = { "never-probed": 1n, failing: 2n, forgotten: 3n, well: 4n, dear: 5n };

beforeAll(async () => {
  for (const [id, price] of Object.entries(PRICES)) {
    const rate = { amount: String(price * TOKEN), periodMs: 86_400_000 };
    const listing = providerListing(id, { tierOverrides: { basic: { rate } } });
    await registerProvider({ ...registerProviderInput.parse(listing), owner: OWNER });
  }
  for (const id of ["forgotten", "well", "dear"])
    await recordProbe(id, { ok: true, latencyMs: 42, httpStatus: 200 }, pool());
  for (let failure = 0; failure < 3; failure += 1)
    await recordProbe("failing", { ok: false, problem: "timeout", httpStatus: null }, pool());
  await pool().query(
    "update provider_health set checked_ms = checked_ms - 900001 where provider_id = 'forgotten'",
  );
});

type Provider = { id: string; health: Record<string, unknown> };

describe("health over the API", () => {
  test("given a provider that answered, it tells the verdict, the last check and the shares of a day and a month", async () => {
    const { health } = await answerOf<Provider>(getProviderOperation, { params: { providerId: "well" } });
    const span = {
      probes: 1,
      probesOk: 1,
      uptime: 1,
      probeLatency: { p50Ms: 41, p95Ms: 41 },
      callsServed: 0,
      callsFailed: 0,
      successRate: null,
      callLatency: null,
    };
    expect(health).toEqual({
      state: "up",
      reason: null,
      checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      latencyMs: 42,
      problem: null,
      failures: 0,
      failingSince: null,
      day: span,
      month: span,
    });
  });

  test("given a list, each of it has its own; with healthy=true only those that are up are left", async () => {
    const all = await answerOf<{ items: Provider[] }>(listProvidersOperation);
    expect(Object.fromEntries(all.items.map(({ id, health }) => [id, health.state]))).toEqual({
      "never-probed": "unknown",
      failing: "down",
      forgotten: "unknown",
      well: "up",
      dear: "up",
    });
    const up = await answerOf<{ items: Provider[] }>(listProvidersOperation, {
      query: { healthy: "true", sort: "price" },
    });
    expect(up.items.map(({ id }) => id)).toEqual(["well", "dear"]);
  });

  test("given the cheapest is ill, healthy=true finds the cheapest of the others", async () => {
    const find = async (query: Record<string, string>) => {
      const { provider } = await answerOf<{ provider: Provider | null }>(findCheapestProviderOperation, {
        query: { capability: "letter-count", ...query },
      });
      return provider && [provider.id, provider.health.state];
    };
    expect(await find({})).toEqual(["never-probed", "unknown"]);
    expect(await find({ healthy: "true" })).toEqual(["well", "up"]);
    await pool().query("update provider set active = false where id in ('well', 'dear')");
    expect(await find({ healthy: "true" })).toBeNull();
  });

  test.each(["false", "1", ""])("healthy=%s is refused: it can only be asked for", async (value) => {
    const response = await callOperation(listProvidersOperation, { query: { healthy: value } });
    expect(response.status).toBe(422);
  });
});
