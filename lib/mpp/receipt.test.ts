import { compactVerify, importJWK } from "jose";
import { describe, expect, test } from "vitest";
import type { Authorised } from "@/lib/streams/authorize-request";
import { canonicalJson } from "./canonical-json";
import { buildReceipt, encodeReceipt, type Receipt, signReceipt } from "./receipt";
import { receiptKey } from "./receipt-keys";
import { verifyReceipt } from "./verify-receipt";

const SECRET = "a-test-secret-of-more-than-thirty-two-bytes";
const decision: Authorised = {
  outcome: "authorised",
  requestId: "req_1",
  streamId: "str_1",
  payer: "0x8fd379246834eac74b8419ffda202cf8051f7a03",
  rail: "ledger",
  asset: "USDCx",
  receiver: "0x742d35cc6634c0532925a3b844bc9e7595f8fe00",
  tier: "basic",
  priority: "normal",
  rate: { amount: 10n ** 18n, periodMs: 86_400_000n },
  seq: 7n,
  atMs: 1_795_208_328_793n,
  accrued: 5n,
  funded: 100n,
  used: 3n,
  remaining: 92n,
  runwayMs: 8_000n,
  depletesMs: 1_795_208_336_794n,
  startedMs: 1_795_208_000_000n,
  limit: 10,
  sessionExpiresMs: 1_795_208_332_000n,
};
const facts = {
  decision,
  via: "proof" as const,
  challengeId: "challenge-1",
  providerId: "acme",
  chainId: 31_337,
  issuer: "https://superstream.test",
  resource: "GET /api/p/acme/quote?x=1",
  requestDigest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
  responseDigest: "sha-256=:3GDmMqkDKcz9NPvpBNlHBNu7ZmlXUYXiY4mFT/ZBOcM=:",
  asset: { symbol: "USDCx", decimals: 18 },
  price: 3n,
};

test("a receipt says who paid whom for what, of which stream, as of when", () => {
  expect(buildReceipt(facts)).toEqual({
    status: "success",
    method: "ledger",
    timestamp: "2026-11-20T20:58:48.793Z",
    reference: "req_1",
    intent: "stream",
    issuer: "https://superstream.test",
    challengeId: "challenge-1",
    requestId: "req_1",
    sequence: "7",
    payer: "did:pkh:eip155:31337:0x8fd379246834eac74B8419FfdA202CF8051F7A03",
    payee: "did:pkh:eip155:31337:0x742d35Cc6634c0532925a3b844bC9e7595F8fE00",
    plan: "acme",
    tier: "basic",
    streamId: "str_1",
    asset: "USDCx",
    decimals: 18,
    rate: { amount: "1000000000000000000", periodSeconds: "86400" },
    flowRate: "11574074074074",
    price: "3",
    streamed: "5",
    spent: "3",
    remaining: "92",
    startedAt: "2026-11-20T20:53:20.000Z",
    asOf: { ledger: "2026-11-20T20:58:48.793Z" },
    paidThrough: "2026-11-20T20:58:56.794Z",
    sessionExpires: "2026-11-20T20:58:52.000Z",
    via: "proof",
    resource: "GET /api/p/acme/quote?x=1",
    requestDigest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    responseDigest: "sha-256=:3GDmMqkDKcz9NPvpBNlHBNu7ZmlXUYXiY4mFT/ZBOcM=:",
    verificationLevel: "hash-committed",
  });
});

describe("the signature", () => {
  test("covers every member: changing, adding or removing any one breaks it", async () => {
    const key = await receiptKey(SECRET);
    const receipt = await signReceipt(buildReceipt(facts), key);
    const jwks = [key.publicJwk];
    expect(await verifyReceipt(receipt, jwks)).toEqual({
      valid: true,
      kid: key.kid,
      verificationLevel: "hash-committed",
    });
    for (const member of Object.keys(receipt).filter((name) => name !== "sig")) {
      const { [member]: _removed, ...without } = receipt;
      expect(await verifyReceipt(without, jwks)).toMatchObject({ valid: false });
      expect(await verifyReceipt({ ...receipt, [member]: "changed" }, jwks)).toMatchObject({ valid: false });
    }
    expect(await verifyReceipt({ ...receipt, extra: "1" }, jwks)).toMatchObject({ valid: false });
  });

  test("does not depend on the order of members, nor on the trip through the header", async () => {
    const key = await receiptKey(SECRET);
    const receipt = await signReceipt(buildReceipt(facts), key);
    const reversed = Object.fromEntries(Object.entries(receipt).reverse());
    expect(await verifyReceipt(reversed, [key.publicJwk])).toMatchObject({ valid: true });
    const travelled = JSON.parse(Buffer.from(encodeReceipt(receipt), "base64url").toString()) as Receipt;
    expect(await verifyReceipt(travelled, [key.publicJwk])).toMatchObject({ valid: true });
  });

  test("is a plain detached JWS that any JOSE library checks", async () => {
    const key = await receiptKey(SECRET);
    const { sig, ...body } = await signReceipt(buildReceipt(facts), key);
    const payload = Buffer.from(canonicalJson(body)).toString("base64url");
    const jws = String(sig).replace("..", `.${payload}.`);
    const { protectedHeader } = await compactVerify(jws, await importJWK(key.publicJwk, "EdDSA"));
    expect(protectedHeader).toEqual({ alg: "EdDSA", kid: key.kid, typ: "payment-receipt+jws" });
  });

  test("of the previous key still verifies after a rotation; of a stranger never does", async () => {
    const [before, after, stranger] = await Promise.all(
      [SECRET, `${SECRET}-new`, `${SECRET}-stranger`].map(receiptKey),
    );
    if (!before || !after || !stranger) throw new Error("There are three keys.");
    const receipt = await signReceipt(buildReceipt(facts), before);
    expect(await verifyReceipt(receipt, [after.publicJwk, before.publicJwk])).toMatchObject({ valid: true });
    expect(await verifyReceipt(receipt, [after.publicJwk])).toEqual({ valid: false, reason: "unknown-key" });
    const posing = { ...stranger, kid: before.kid };
    const forged = await signReceipt(buildReceipt(facts), posing);
    expect(await verifyReceipt(forged, [before.publicJwk])).toEqual({
      valid: false,
      reason: "bad-signature",
    });
  });

  test.each([undefined, "", "a.b.c", "a..", "..b", "e30..AAAA", "!!..!!"])(
    "%s is no signature of ours",
    async (sig) => {
      const key = await receiptKey(SECRET);
      const body = buildReceipt(facts);
      const verdict = await verifyReceipt(sig === undefined ? body : { ...body, sig }, [key.publicJwk]);
      expect(verdict.valid).toBe(false);
    },
  );
});

test("one secret gives independent keys: none is the secret, or another's", async () => {
  const { deriveKey } = await import("./derive-keys");
  const keys = (["challenge", "nonce", "receipt"] as const).map((purpose) =>
    Buffer.from(deriveKey(SECRET, purpose)).toString("hex"),
  );
  expect(new Set(keys).size).toBe(3);
  expect(new Set(keys.map((key) => key.length))).toEqual(new Set([64]));
});
