import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { verifyInBrowser } from "./verify-in-browser";

// The key of RFC 8037, appendix A. `jose` signs the RFC 8785 text of the members, written out by hand.
const jwk = { kty: "OKP", crv: "Ed25519", kid: "k1", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const privateD = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const members = {
  requestId: "req_1",
  price: "0",
  responseDigest: "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:", // of "{}"
};

let receipt: Record<string, unknown>;
beforeEach(async () => {
  const { CompactSign, importJWK } = await import("jose");
  const text =
    '{"price":"0","requestId":"req_1","responseDigest":"sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"}';
  const jws = await new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: "EdDSA", kid: "k1" })
    .sign(await importJWK({ ...jwk, d: privateD }, "EdDSA"));
  const [header, , signature] = jws.split(".");
  receipt = { ...members, sig: `${header}..${signature}` };
  vi.stubGlobal("fetch", async () => Response.json({ keys: [{ ...jwk, alg: "EdDSA", use: "sig" }] }));
});
afterEach(() => vi.unstubAllGlobals());

describe("verifyInBrowser", () => {
  test("given the receipt and the body as they came, both hold", async () => {
    expect(await verifyInBrowser(receipt, "{}", "/keys")).toEqual({ signature: true, answer: true });
  });

  test("given one member changed, the signature does not hold", async () => {
    expect(await verifyInBrowser({ ...receipt, price: "1" }, "{}", "/keys")).toMatchObject({
      signature: false,
    });
  });

  test("given one byte more in the answer, its digest does not hold", async () => {
    expect(await verifyInBrowser(receipt, "{} ", "/keys")).toEqual({ signature: true, answer: false });
  });

  test("given no signature, or a key that is not in the set, it does not hold", async () => {
    expect(await verifyInBrowser(members, null, "/keys")).toEqual({ signature: false, answer: null });
    vi.stubGlobal("fetch", async () => Response.json({ keys: [{ ...jwk, kid: "other" }] }));
    expect(await verifyInBrowser(receipt, null, "/keys")).toMatchObject({ signature: false });
  });

  test("given keys that cannot be fetched, it does not guess", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("offline");
    });
    expect(await verifyInBrowser(receipt, "{}", "/keys")).toEqual({ signature: null, answer: true });
  });
});
