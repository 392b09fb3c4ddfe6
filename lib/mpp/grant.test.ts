/** What a provider can check of `Stream-Grant` with nothing but a JOSE library and our public keys. */
import { decodeJwt, importJWK, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { contentDigest } from "./digest";
import { signGrant } from "./grant";
import { receiptKey } from "./receipt-keys";
import { fixture, ORIGIN, pay, payerOf, SECRET } from "./testing/door-fixture";

test("given a paid call, its provider gets a grant for this request alone, signed by the key of receipts", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  const response = await pay(door.call, account, "/api/p/acme/score", { method: "POST", body: '{"a":1}' });
  const grant = door.upstream[0]?.grant("/score") ?? "";

  const { publicJwk } = await receiptKey(SECRET);
  const { payload, protectedHeader } = await jwtVerify(grant, await importJWK(publicJwk, "EdDSA"), {
    algorithms: ["EdDSA"],
    typ: "stream-grant+jwt",
    issuer: ORIGIN,
    audience: "acme",
  });
  expect(protectedHeader.kid).toBe(publicJwk.kid);
  expect(payload).toMatchObject({
    jti: response.headers.get("Stream-Request"),
    method: "POST",
    path: "/score",
    // echo -n '{"a":1}' | openssl dgst -sha256 -binary | base64
    digest: "sha-256=:AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI=:",
    payer: account.address.toLowerCase(),
    stream: stream.id,
    tier: "basic",
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeCloseTo(60, 3);
});

test("its times are this machine's, to the millisecond", async () => {
  const grant = signGrant(
    {
      ...{ issuer: ORIGIN, providerId: "acme", requestId: "req_1", method: "GET", path: "/quote" },
      ...{ requestDigest: contentDigest(""), payer: "0xpayer", streamId: "str_1", tier: "basic" },
      ...{ runwayMs: 1_500n, atMs: 1_795_208_328_123n },
    },
    await receiptKey(SECRET),
  );
  expect(decodeJwt(grant)).toMatchObject({ iat: 1_795_208_328.123, exp: 1_795_208_388.123, runwayMs: 1_500 });
});
