/** What lets the door's calls in, and nobody else's. */
import { createLocalJWKSet } from "jose";
import { describe, expect, test } from "vitest";
import { signGrant } from "@/lib/mpp/grant";
import { receiptKey } from "@/lib/mpp/receipt-keys";
import { grantChecker } from "./check-grant";

const SECRET = "a-test-secret-of-more-than-thirty-two-bytes";
const ISSUER = "https://superstream.test";
const STARTED_MS = 1_795_208_000_000;
const DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
const REQUEST = { method: "POST", path: "/inference", digest: DIGEST };

async function checkerAt(nowMs: number, secret = SECRET) {
  const { publicJwk } = await receiptKey(secret);
  return grantChecker({
    keys: createLocalJWKSet({ keys: [publicJwk] }),
    issuer: ISSUER,
    providerId: "reverser",
    startedMs: STARTED_MS,
    marketNowMs: () => nowMs,
  });
}

async function grant(over: Partial<Parameters<typeof signGrant>[0]> = {}, secret = SECRET): Promise<string> {
  const facts = {
    ...{ issuer: ISSUER, providerId: "reverser", requestId: "req_1", ...REQUEST, requestDigest: DIGEST },
    ...{ payer: "0xpayer", streamId: "str_1", tier: "basic", runwayMs: 1_500n },
    atMs: BigInt(STARTED_MS + 1),
  };
  return signGrant({ ...facts, ...over }, await receiptKey(secret));
}

describe("a grant", () => {
  test("of the marketplace, for this request, lets one call in and no second one", async () => {
    const check = await checkerAt(STARTED_MS + 2);
    const header = await grant();
    expect(await check(header, REQUEST)).toEqual({
      ...{ requestId: "req_1", streamId: "str_1", payer: "0xpayer", runwayMs: 1_500 },
    });
    await expect(check(header, REQUEST)).rejects.toThrow("it was used before");
  });

  test("shown twenty times at once lets one call in", async () => {
    const check = await checkerAt(STARTED_MS + 2);
    const header = await grant();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => check(header, REQUEST)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each([
    ["another method", { ...REQUEST, method: "GET" }],
    ["another path", { ...REQUEST, path: "/v1/chat/completions" }],
    ["another query", { ...REQUEST, path: "/inference?a=1" }],
    ["another body", { ...REQUEST, digest: DIGEST.replace("47", "48") }],
  ])("is not for %s, and is still good for its own request", async (_, request) => {
    const check = await checkerAt(STARTED_MS + 2);
    const header = await grant();
    await expect(check(header, request)).rejects.toMatchObject({ code: "grant-invalid", status: 403 });
    await expect(check(header, REQUEST)).resolves.toMatchObject({ requestId: "req_1" });
  });

  test.each([
    ["for another provider", { providerId: "globex" }, SECRET],
    ["by another marketplace of the same key", { issuer: "https://elsewhere.test" }, SECRET],
    ["by another key", {}, "another-secret-of-more-than-thirty-two-bytes"],
    ["from before this program started", { atMs: BigInt(STARTED_MS - 1) }, SECRET],
  ])("%s is refused", async (_, over, secret) => {
    const check = await checkerAt(STARTED_MS + 2);
    await expect(check(await grant(over, secret), REQUEST)).rejects.toMatchObject({ code: "grant-invalid" });
  });

  test("is refused a minute later", async () => {
    const check = await checkerAt(STARTED_MS + 66_000);
    await expect(check(await grant(), REQUEST)).rejects.toThrow("it has run out");
  });

  test.each(["", "e30", "e30.e30.e30", "a.b.c", "x".repeat(9_000)])("%j is none", async (header) => {
    const check = await checkerAt(STARTED_MS + 2);
    await expect(check(header, REQUEST)).rejects.toMatchObject({ code: "grant-invalid" });
  });

  test("while the keys cannot be read, it is neither believed nor used up", async () => {
    let away = true;
    const { publicJwk } = await receiptKey(SECRET);
    const keys = createLocalJWKSet({ keys: [publicJwk] });
    const check = grantChecker({
      keys: async (header, token) => {
        if (away) throw new TypeError("fetch failed");
        return keys(header, token);
      },
      ...{ issuer: ISSUER, providerId: "reverser", startedMs: STARTED_MS, marketNowMs: () => STARTED_MS + 2 },
    });
    const header = await grant();
    await expect(check(header, REQUEST)).rejects.toMatchObject({
      code: "marketplace-unavailable",
      status: 503,
    });
    away = false;
    await expect(check(header, REQUEST)).resolves.toMatchObject({ requestId: "req_1" });
  });
});
