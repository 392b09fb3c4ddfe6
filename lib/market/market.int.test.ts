import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

// The market is listed and counted as a whole here: other files register providers at the same time.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import type { TierName } from "@/lib/domain/tier";
import { ProblemError } from "@/lib/errors";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { openStream } from "@/lib/streams/open-stream";
import { providerListing } from "@/lib/testing/provider-listing";
import { seedMarket } from "@/lib/testing/seed-market";
import { findCheapest } from "./find-cheapest";
import { getDoor } from "./get-door";
import { getMarketSummary } from "./get-market-summary";
import { getProvider } from "./get-provider";
import { getRegistryStats } from "./get-registry-stats";
import { getService } from "./get-service";
import { listCategories } from "./list-categories";
import { listProviders } from "./list-providers";
import { listServices } from "./list-services";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

const TOKEN = 10n ** 18n;
const DAY_MS = 86_400_000;
const OWNER = "0x1111111111111111111111111111111111111111";
const OTHER = "0x2222222222222222222222222222222222222222";
const SENDER = "0x3333333333333333333333333333333333333333";

function register(id: string, changes: Record<string, unknown> = {}, owner = OWNER) {
  return registerProvider({ ...registerProviderInput.parse(providerListing(id, changes)), owner });
}

const rate = (amount: bigint, periodMs = DAY_MS) => ({ rate: { amount: String(amount), periodMs } });

async function tierOf(id: string, name: TierName) {
  const { tiers } = await getProvider(id);
  return tiers.find((tier) => tier.name === name);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.code : String(error);
}

beforeAll(async () => {
  await register("alpha", {
    capabilities: ["letter-count", "zebra"],
    tierOverrides: { basic: rate(25n * TOKEN) },
  });
  await register("bravo", { name: "Bravo 100%", model: "llama-3" });
  await register("charlie", {
    model: "llama-3",
    tierOverrides: { basic: rate(1n * TOKEN, 7 * DAY_MS), professional: { maxRequestsPerHour: 7 } },
  });
  await register("delta", {
    active: false,
    model: "llama-3",
    tierOverrides: { basic: rate(TOKEN, 30 * DAY_MS) },
  });
});

beforeEach(() => vi.restoreAllMocks());

describe("registering a provider", () => {
  test("given no overrides, it has the three default tiers and totals of zero", async () => {
    const bravo = await getProvider("bravo");
    expect(bravo).toMatchObject({ totalEarned: 0n, totalRequestsServed: 0, active: true });
    expect(
      bravo.tiers.map(({ name, ratePerDay, maxRequestsPerHour, priority, requiredDeposit, overridden }) => [
        name,
        ratePerDay,
        maxRequestsPerHour,
        priority,
        requiredDeposit,
        overridden,
      ]),
    ).toEqual([
      ["basic", TOKEN, 10, "normal", 166_666_666_666_666_667n, false],
      ["professional", 10n * TOKEN, 100, "high", 1_666_666_666_666_666_667n, false],
      ["enterprise", 100n * TOKEN, 1000, "critical", 16_666_666_666_666_666_667n, false],
    ]);
  });

  test("given an override for one provider, every other provider keeps its own prices, also new ones", async () => {
    expect(await tierOf("alpha", "basic")).toMatchObject({
      ratePerDay: 25n * TOKEN,
      requiredDeposit: 4_166_666_666_666_666_667n,
      overridden: true,
    });
    expect(await tierOf("bravo", "basic")).toMatchObject({ ratePerDay: TOKEN, overridden: false });
    await register("echo");
    expect(await tierOf("echo", "basic")).toMatchObject({ ratePerDay: TOKEN, overridden: false });
  });

  test("given an override of one member, the others keep their defaults", async () => {
    expect(await tierOf("charlie", "professional")).toMatchObject({
      ratePerDay: 10n * TOKEN,
      maxRequestsPerHour: 7,
      priority: "high",
      overridden: true,
    });
  });

  test("given an unknown tier in an override, it is refused and named, and nothing is registered", async () => {
    const refusal = await register("never", { tierOverrides: { platinum: {} } }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: "unknown-tier", message: "Unknown tier: platinum" });
    expect(await codeOf(getProvider("never"))).toBe("provider-not-found");
  });

  test("given earnings, a second registration keeps them, its creation time and the ids of its services", async () => {
    await pool().query(
      "insert into counter (scope, shard, requests, earned) values ('provider:alpha', 0, 5, 77), ('provider:alpha', 1, 2, 3)",
    );
    const before = await getProvider("alpha");
    const [service] = (await listServices({ provider: "alpha" })).items;
    await register("alpha", {
      name: "Alpha again",
      capabilities: ["letter-count", "zebra"],
      tierOverrides: { basic: rate(25n * TOKEN) },
    });
    const after = await getProvider("alpha");
    expect(after).toMatchObject({
      name: "Alpha again",
      totalEarned: 80n,
      totalRequestsServed: 7,
      createdAt: before.createdAt,
    });
    expect((await listServices({ provider: "alpha" })).items.map(({ id }) => id)).toEqual([service?.id]);
  });

  test("given another owner, the name is taken; of two who come at once for a new name, one gets it", async () => {
    expect(await codeOf(register("alpha", {}, OTHER))).toBe("provider-taken");
    const both = await Promise.allSettled([register("foxtrot", {}, OWNER), register("foxtrot", {}, OTHER)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const { owner } = await getProvider("foxtrot");
    const winner = both[0]?.status === "fulfilled" ? OWNER : OTHER;
    expect(owner.toLowerCase()).toBe(winner);
  });

  test("given one owner who registers the same provider eight times at once, all succeed and one list is left", async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => register("juliett", { name: `Juliett ${index}` })),
    );
    expect((await listServices({ provider: "juliett" })).items).toHaveLength(1);
    expect((await getProvider("juliett")).tiers).toHaveLength(3);
  });

  test("given services that trade their paths, or go, the list is as registered last", async () => {
    const [count] = providerListing("golf").services;
    const two = [count, { ...count, slug: "recount", path: "/recount" }];
    await register("golf", { services: two });
    await register("golf", {
      services: [
        { ...count, path: "/recount" },
        { ...count, slug: "recount", path: "/count" },
      ],
    });
    expect((await listServices({ provider: "golf" })).items.map(({ slug, path }) => [slug, path])).toEqual([
      ["count", "/recount"],
      ["recount", "/count"],
    ]);
    await register("golf", { services: [] });
    expect((await listServices({ provider: "golf" })).items).toEqual([]);
  });

  test("given a new price, a stream that runs keeps the price of its opening and the next one pays the new", async () => {
    await creditWallet({ actor: SENDER, amount: 100n * TOKEN });
    await register("hotel");
    const first = await openStream({ actor: SENDER, providerId: "hotel", tier: "basic" });
    await register("hotel", { tierOverrides: { basic: rate(2n * TOKEN) } });
    const second = await openStream({ actor: SENDER, providerId: "hotel", tier: "basic" });
    expect([first.ratePerDay, second.ratePerDay]).toEqual([TOKEN, 2n * TOKEN]);
    const { rows } = await pool().query("select rate_amount::text as rate from stream where id = $1", [
      first.id,
    ]);
    expect(rows).toEqual([{ rate: String(TOKEN) }]);
  });
});

describe("finding providers", () => {
  test("given a capability, the cheapest active provider is found by exact price over different periods", async () => {
    expect(await findCheapest({ capability: "letter-count" })).toMatchObject({
      id: "charlie",
      tier: { name: "basic" },
    });
    expect(await findCheapest({ capability: "zebra" })).toMatchObject({ id: "alpha" });
    expect(await findCheapest({ capability: "letter-count", tier: "enterprise" })).toMatchObject({
      id: "alpha",
    });
  });

  test("given a model, an inactive provider is never the cheapest, and nobody is the answer when nobody has it", async () => {
    expect(await findCheapest({ model: "llama-3" })).toMatchObject({ id: "charlie" });
    expect(await findCheapest({ model: "llama" })).toBeNull();
  });

  test.each(["name", "price", "newest"] as const)(
    "given pages of two sorted by %s, each active provider comes once",
    async (sort) => {
      const whole = (await listProviders({ sort, limit: 100 })).items.map(({ id }) => id);
      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof listProviders>> = await listProviders({
          sort,
          limit: 2,
          ...(cursor ? { cursor } : {}),
        });
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor);
      expect(paged).toEqual(whole);
      expect(new Set(paged).size).toBe(paged.length);
      expect(paged).not.toContain("delta");
      if (sort === "price") expect([paged[0], paged.at(-1)]).toEqual(["charlie", "alpha"]);
    },
  );

  test("given filters, they narrow together; a percent sign in a search is only itself", async () => {
    const ids = async (filters: Parameters<typeof listProviders>[0]) =>
      (await listProviders({ limit: 100, ...filters })).items.map(({ id }) => id);
    expect(await ids({ search: "100%" })).toEqual(["bravo"]);
    expect(await ids({ search: "ZEBRA" })).toEqual(["alpha"]);
    expect(await ids({ model: "llama-3" })).toEqual(["bravo", "charlie"]);
    expect(await ids({ model: "llama-3", priceMax: TOKEN - 1n })).toEqual(["charlie"]);
    expect(await ids({ priceMax: TOKEN, capability: "zebra" })).toEqual([]);
    expect(await ids({ category: "ai_ml" })).toEqual([]);
  });

  test("given a cursor of another order or of nobody, it is refused", async () => {
    const { nextCursor } = await listProviders({ sort: "name", limit: 1 });
    expect(await codeOf(listProviders({ sort: "price", cursor: nextCursor ?? "" }))).toBe("invalid-input");
    expect(await codeOf(listProviders({ cursor: "bm9uc2Vuc2U" }))).toBe("invalid-input");
    const encode = (position: unknown) => Buffer.from(JSON.stringify(position)).toString("base64url");
    for (const position of [
      ["name", "a\u0000", "b"],
      ["name", 1, "b"],
      ["name", "a"],
      ["newest", "9".repeat(30), "b"],
      {},
      null,
    ])
      expect(await codeOf(listProviders({ sort: "name", cursor: encode(position) }))).toBe("invalid-input");
    for (const list of [listServices, getMarketSummary])
      expect(await codeOf(list({ cursor: encode(["a\u0000", "b"]) }))).toBe("invalid-input");
  });
});

describe("the registry and the door", () => {
  test("given services, categories count them and only active providers' are listed", async () => {
    const categories = await listCategories();
    expect(categories).toHaveLength(6);
    const active = (await listProviders({ limit: 100 })).items.filter(({ services }) => services > 0).length;
    expect(categories.find(({ id }) => id === "data_analytics")).toMatchObject({
      services: active,
      providers: active,
    });
    expect(categories.find(({ id }) => id === "ai_ml")).toEqual({ id: "ai_ml", services: 0, providers: 0 });
    const { rows } = await pool().query<{ id: string }>("select id from service where provider_id = 'delta'");
    expect(await codeOf(getService(rows[0]?.id ?? ""))).toBe("service-not-found");
  });

  test("given a change in this process, the door shows it at once; an inactive provider has none", async () => {
    expect((await getDoor("bravo")).services).toHaveLength(1);
    await register("bravo", { name: "Bravo 100%", model: "llama-3", services: [] });
    expect(await getDoor("bravo")).toMatchObject({ services: [], provider: { owner: OWNER } });
    expect(await codeOf(getDoor("delta"))).toBe("provider-not-found");
  });

  test("given a hundred callers at once, the door reads its provider once", async () => {
    await register("india");
    const query = vi.spyOn(pool(), "query");
    await Promise.all(Array.from({ length: 100 }, () => getDoor("india")));
    expect(query.mock.calls.length).toBe(2);
  });
});

describe("the market's summary", () => {
  test("given counters over several shards, totals are their sums, and pages cover every provider", async () => {
    await pool().query(
      "insert into counter (scope, shard, requests, earned, streams_total, streams_active) values ('market', 100, 4, 111000000000000000000, 0, 0)",
    );
    const summary = await getMarketSummary({ limit: 100 });
    const { rows } = await pool().query<{ requests: string }>(
      "select sum(requests) as requests from counter where scope = 'market'",
    );
    expect(summary.totalRequests).toBe(Number(rows[0]?.requests));
    expect(summary.totalVolumeDisplay).toBe("111.0000");
    expect(summary.totalStreams).toBe(2);
    expect(summary.activeStreams).toBe(2);
    const counted = await pool().query(
      "select count(*)::int as total, count(*) filter (where active)::int as active from provider",
    );
    const { totalProviders: total, activeProviders: active } = await getRegistryStats();
    expect({ total, active }).toEqual(counted.rows[0]);
    expect(active).toBe(total - 1);
    expect(summary.providers).toBe(total);
    expect(summary.perProvider).toContainEqual({
      id: "alpha",
      name: "Alpha again",
      earned: 80n,
      requests: 7,
    });
    const first = await getMarketSummary({ limit: 2 });
    const second = await getMarketSummary({ limit: 100, cursor: first.nextCursor ?? "" });
    expect([...first.perProvider, ...second.perProvider]).toEqual(summary.perProvider);
  });
});

describe("the seed", () => {
  test("given it runs twice, the three demo providers are there once, with every capability of the demo", async () => {
    await seedMarket();
    const once = await getMarketSummary({ limit: 100 });
    expect(await seedMarket()).toMatch(/registered/);
    expect((await getMarketSummary({ limit: 100 })).perProvider).toEqual(once.perProvider);
    const demo = (await listProviders({ limit: 100 })).items.filter(({ endpoint }) =>
      endpoint.startsWith("http://127.0.0.1:"),
    );
    expect(demo.map(({ name }) => name).sort()).toEqual(["DNAI", "HolterAI", "RheumaScore"]);
    expect(new Set(demo.flatMap(({ capabilities }) => capabilities))).toEqual(
      new Set([
        ...["DAS28", "CDAI", "SLEDAI", "BASDAI"],
        ...["IRB-review", "protocol-audit", "ethics-check"],
        ...["ECG-analysis", "QTc-monitoring", "arrhythmia-detection"],
      ]),
    );
  });

  test("given another network than devnet, it refuses", async () => {
    await expect(seedMarket({ NETWORK: "mainnet" })).rejects.toThrow(/devnet/);
  });
});
