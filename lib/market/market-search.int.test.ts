import { beforeAll, describe, expect, test, vi } from "vitest";

// The market is counted as a whole here: other files register providers at the same time.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import { creditWallet } from "@/lib/streams/credit-wallet";
import { openStream } from "@/lib/streams/open-stream";
import { providerListing } from "@/lib/testing/provider-listing";
import { findTryService, readTryService, tryHref } from "./find-try-service";
import { getFirstSteps } from "./get-first-steps";
import { getMarketFacets } from "./get-market-facets";
import { readNetworkFlow } from "./get-network-flow";
import { getProviders } from "./get-providers";
import { listProviders } from "./list-providers";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

const TOKEN = 10n ** 18n;
const OWNER = "0x1111111111111111111111111111111111111111";
const SENDER = "0x3333333333333333333333333333333333333333";
const DAY_MS = 86_400_000;

const basic = (tokens: bigint, periodMs = DAY_MS) => ({
  basic: { rate: { amount: String(tokens * TOKEN), periodMs } },
});

beforeAll(async () => {
  const listings = [
    [
      "alpha",
      { category: "ai_ml", capabilities: ["ocr", "speech"], serviceType: 0, tierOverrides: basic(1n) },
    ],
    ["bravo", { category: "ai_ml", capabilities: ["ocr"], serviceType: 1, tierOverrides: basic(5n) }],
    [
      "charlie",
      {
        category: "data_analytics",
        capabilities: ["ocr"],
        serviceType: 2,
        tierOverrides: basic(210n, 7 * DAY_MS),
      },
    ],
    ["delta", { category: "data_analytics", capabilities: ["maps"], active: false }],
  ] as const;
  for (const [id, changes] of listings) {
    const services =
      id === "alpha" ? providerListing(id).services.map((one) => ({ ...one, capability: "ocr" })) : [];
    const listing = registerProviderInput.parse(providerListing(id, { ...changes, services }));
    await registerProvider({ ...listing, owner: OWNER });
  }
  await pool().query(
    `update provider_health set checked_ms = clock_ms(),
       state = case provider_id when 'alpha' then 'up' when 'bravo' then 'down' else state end,
       latency_ms = case provider_id when 'alpha' then 90 when 'bravo' then 20 else null end
     where provider_id in ('alpha', 'bravo')`,
  );
  const day = "(clock_ms() / 86400000) * 86400000";
  await pool().query(
    `insert into provider_health_bucket (provider_id, span_ms, start_ms, probes, probes_ok)
     values ('alpha', 86400000, ${day}, 100, 90), ('bravo', 86400000, ${day}, 100, 99), ('charlie', 86400000, ${day}, 1, 1)`,
  );
});

const idsOf = async (filters: Parameters<typeof listProviders>[0]) =>
  (await listProviders(filters)).items.map(({ id }) => id);

describe("getMarketFacets", () => {
  test("given no wish, each value is counted, and providers that are switched off are not", async () => {
    expect(await getMarketFacets({})).toEqual({
      total: 3,
      facets: {
        category: [
          { value: "ai_ml", providers: 2 },
          { value: "data_analytics", providers: 1 },
        ],
        capability: [
          { value: "ocr", providers: 3 },
          { value: "speech", providers: 1 },
        ],
        // 210 a week are 30 a day; 5 a day is the first of "5 to 20".
        price: [
          { value: "1-5", providers: 1 },
          { value: "20-100", providers: 1 },
          { value: "5-20", providers: 1 },
        ],
        serviceType: [
          { value: "0", providers: 1 },
          { value: "1", providers: 1 },
          { value: "2", providers: 1 },
        ],
        health: [
          { value: "down", providers: 1 },
          { value: "unknown", providers: 1 },
          { value: "up", providers: 1 },
        ],
      },
      without: [],
    });
  });

  test("given a wish, its own facet counts as before and the others follow it", async () => {
    const { total, facets } = await getMarketFacets({ category: ["ai_ml"] });
    expect(total).toBe(2);
    expect(facets.category).toEqual([
      { value: "ai_ml", providers: 2 },
      { value: "data_analytics", providers: 1 },
    ]);
    expect(facets.capability).toEqual([
      { value: "ocr", providers: 2 },
      { value: "speech", providers: 1 },
    ]);
  });

  test("given wishes that exclude each other, it says what dropping each would show", async () => {
    const { total, without } = await getMarketFacets({
      category: ["ai_ml"],
      serviceType: [2],
      search: "letters",
    });
    expect(total).toBe(0);
    expect(Object.fromEntries(without.map(({ wish, providers }) => [wish, providers]))).toEqual({
      category: 1,
      serviceType: 2,
      search: 0,
    });
  });
});

describe("listProviders", () => {
  test.each([
    { filters: { category: ["ai_ml", "data_analytics"] }, ids: ["alpha", "bravo", "charlie"] },
    { filters: { capability: ["speech", "maps"] }, ids: ["alpha"] },
    { filters: { price: ["1-5", "20-100"] as const }, ids: ["alpha", "charlie"] },
    { filters: { price: ["100"] as const, tier: "enterprise" as const }, ids: ["alpha", "bravo", "charlie"] },
    { filters: { serviceType: [1, 2] }, ids: ["bravo", "charlie"] },
    { filters: { health: ["up", "unknown"] as const }, ids: ["alpha", "charlie"] },
  ])("given $filters, it lists $ids", async ({ filters, ids }) => {
    expect(await idsOf(filters)).toEqual(ids);
  });

  test("by speed, those without a measurement come last", async () => {
    expect(await idsOf({ sort: "fastest" })).toEqual(["bravo", "alpha", "charlie"]);
  });

  test("by reliability, one good answer does not outrank a hundred", async () => {
    // 100/102, 91/102, 2/3.
    expect(await idsOf({ sort: "reliable" })).toEqual(["bravo", "alpha", "charlie"]);
  });

  test.each(["name", "price", "newest", "fastest", "reliable"] as const)(
    "by %s, pages of one are the list",
    async (sort) => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listProviders({ sort, limit: 1, cursor });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(ids).toEqual(await idsOf({ sort }));
      expect(ids).toHaveLength(3);
    },
  );
});

test("getProviders gives providers in the order asked for, and leaves out what is not there", async () => {
  const found = await getProviders(["charlie", "nobody", "delta", "alpha"]);
  expect(found.map(({ id }) => id)).toEqual(["charlie", "delta", "alpha"]);
});

test("findTryService finds a service of a provider that answers, and leads to its form", async () => {
  const found = await findTryService();
  expect(found).toMatchObject({ providerId: "alpha", slug: "count", example: { text: "abc" } });
  expect(found && tryHref(found)).toBe("/providers/alpha?service=count#first-steps");
});

test("given a provider that was up an hour ago, one that answers now is tried first", async () => {
  const [service] = providerListing("zulu").services;
  const services = [{ ...service, example: { text: "longer, so that it comes last among equals" } }];
  const listing = registerProviderInput.parse(providerListing("zulu", { services }));
  await registerProvider({ ...listing, owner: OWNER });
  await pool().query(
    `update provider_health set state = 'up', checked_ms = clock_ms() - case provider_id when 'alpha' then 3600000 else 0 end
      where provider_id in ('alpha', 'zulu')`,
  );
  expect((await readTryService())?.providerId).toBe("zulu");
  await pool().query("update provider_health set checked_ms = clock_ms()");
  expect((await readTryService())?.providerId).toBe("alpha");
});

describe("given a stream", () => {
  let id = "";
  beforeAll(async () => {
    await creditWallet({ actor: SENDER, idempotencyKey: "fill", amount: 100n * TOKEN });
    const stream = await openStream({
      actor: SENDER,
      idempotencyKey: "open",
      providerId: "alpha",
      tier: "basic",
      deposit: 10n * TOKEN,
      autoTopUp: null,
    });
    id = stream.id;
  });

  test("the network flows at its rate, up to its deposit", async () => {
    const { anchor, plus, streams } = await readNetworkFlow();
    expect(streams).toBe(1);
    // 1 a day, counted over 210 days.
    expect(anchor.rate).toEqual({ amount: 210n * TOKEN, periodMs: 18_144_000_000n });
    expect(anchor.running).toBe(true);
    expect(anchor.ceiling).toBe(10n * TOKEN);
    expect(anchor.accruedNum).toBeLessThan((TOKEN / 86_400n) * 60n);
    expect(plus).toBe(0n);
  });

  test("a first visit has opened, and has its answer once one was served", async () => {
    expect(await getFirstSteps(null)).toEqual({
      signedIn: false,
      opened: false,
      answered: false,
      served: 0n,
    });
    expect(await getFirstSteps(OWNER)).toEqual({
      signedIn: true,
      opened: false,
      answered: false,
      served: 0n,
    });
    expect(await getFirstSteps(SENDER)).toEqual({
      signedIn: true,
      opened: true,
      answered: false,
      served: 0n,
    });
    await pool().query("update stream set served = 1 where id = $1", [id]);
    expect(await getFirstSteps(SENDER)).toEqual({ signedIn: true, opened: true, answered: true, served: 1n });
  });
});
