import { describe, expect, test } from "vitest";
import { emptyQuery, isFiltered, marketSearch } from "@/lib/domain/market-query";
import { readMarketQuery } from "./read-market-query";

describe("marketSearch", () => {
  test("given nothing asked for, it is empty", () => {
    expect(marketSearch(emptyQuery)).toBe("");
  });

  test("given wishes, each value stands in the address once, and what is as usual does not", () => {
    const query = {
      ...emptyQuery,
      search: "das 28",
      capability: ["DAS28", "CDAI"],
      serviceType: [0],
      sort: "price",
    } as const;
    expect(marketSearch(query, "abc")).toBe(
      "?search=das+28&capability=DAS28&capability=CDAI&serviceType=0&sort=price&cursor=abc",
    );
  });
});

describe("readMarketQuery", () => {
  test("given an address that was made here, it reads the same wishes", () => {
    expect(
      readMarketQuery({
        search: "das 28",
        category: "ai_ml",
        price: ["0-1", "100"],
        health: "up",
        tier: "enterprise",
        sort: "reliable",
        cursor: "abc",
      }),
    ).toEqual({
      query: {
        search: "das 28",
        category: ["ai_ml"],
        capability: [],
        price: ["0-1", "100"],
        serviceType: [],
        health: ["up"],
        tier: "enterprise",
        sort: "reliable",
      },
      cursor: "abc",
    });
  });

  test.each([
    [{ sort: "best" }],
    [{ category: ["nonsense", ""] }],
    [{ price: "7-8" }],
    [{ serviceType: "3" }],
    [{ capability: "a b; drop" }],
    [{ search: ["twice", "given"] }],
    [{ search: "x".repeat(101) }],
    [{ cursor: "" }],
  ])("given %j, which means nothing, it is left out", (searchParams) => {
    expect(readMarketQuery(searchParams)).toEqual({ query: emptyQuery, cursor: undefined });
  });

  test("given a value twice, it counts once", () => {
    expect(readMarketQuery({ capability: ["DAS28", "DAS28"] }).query.capability).toEqual(["DAS28"]);
  });
});

describe("isFiltered", () => {
  test("an order or a tier leaves nothing out", () => {
    expect(isFiltered({ ...emptyQuery, sort: "price", tier: "enterprise" })).toBe(false);
  });
  test.each([{ search: "x" }, { health: ["up"] }, { serviceType: [0] }] as const)("%j does", (wish) => {
    expect(isFiltered({ ...emptyQuery, ...wish })).toBe(true);
  });
});
