import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage, type SiweMessage } from "viem/siwe";
import { beforeEach, describe, expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import {
  createNonceOperation,
  createSessionOperation,
  deleteSessionOperation,
  getSessionOperation,
} from "@/lib/http/operations/auth-operations";
import { forgetRateCounts } from "@/lib/http/rate-limit";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { signIn } from "@/lib/testing/sign-in";

const wallet = privateKeyToAccount(generatePrivateKey());
const foreign = privateKeyToAccount(generatePrivateKey());
const MINUTE_MS = 60_000;

beforeEach(() => forgetRateCounts());

async function freshNonce(): Promise<string> {
  return (await answerOf<{ nonce: string }>(createNonceOperation)).nonce;
}

/** A message that is right in every part, but for the changes. */
function messageWith(nonce: string, changes: Partial<SiweMessage> = {}): string {
  return createSiweMessage({
    address: wallet.address,
    chainId: 31_337,
    domain: "localhost:3000",
    uri: "http://localhost:3000",
    version: "1",
    nonce,
    issuedAt: new Date(),
    expirationTime: new Date(Date.now() + 5 * MINUTE_MS),
    ...changes,
  });
}

async function send(message: string, signature?: string, headers: HeadersInit = {}) {
  const signed = signature ?? (await wallet.signMessage({ message }));
  return callOperation(createSessionOperation, { json: { message, signature: signed }, headers });
}

const later = (ms: number) => new Date(Date.now() + ms);

/** Changes to a right message that each must be refused, signed properly or not. */
const wrongMessages: [string, Partial<SiweMessage>][] = [
  ["another domain", { domain: "evil.example" }],
  ["our domain on another port", { domain: "localhost:3001" }],
  ["our domain without its port", { domain: "localhost" }],
  ["another origin as URI", { uri: "http://evil.example" }],
  ["another port as URI", { uri: "http://localhost:3001/" }],
  ["our host in another's path", { uri: "http://evil.example/localhost:3000" }],
  ["our host as user name", { uri: "http://localhost:3000@evil.example" }],
  ["https instead of http", { uri: "https://localhost:3000" }],
  ["another scheme", { scheme: "https" }],
  ["another chain", { chainId: 1 }],
  ["no chain of anybody's", { chainId: 0 }],
  ["expired a second ago", { expirationTime: later(-1000) }],
  ["expired long ago", { expirationTime: new Date(0) }],
  ["a life of eleven minutes and more", { expirationTime: later(12 * MINUTE_MS) }],
  ["a life of a year", { expirationTime: later(365 * 24 * 60 * MINUTE_MS) }],
  ["issued twelve minutes ago", { issuedAt: later(-12 * MINUTE_MS) }],
  ["issued in two minutes", { issuedAt: later(2 * MINUTE_MS) }],
  ["not valid before five minutes from now", { notBefore: later(5 * MINUTE_MS) }],
];

/** Changes to the text of a right message, after which it is signed again. */
const wrongTexts: [string, (message: string) => string][] = [
  ["no expiry", (text) => text.replace(/\nExpiration Time: .*/, "")],
  ["an expiry that is no date", (text) => text.replace(/Expiration Time: .*/, "Expiration Time: never")],
  [
    "an expiry in a date format of JavaScript's",
    (text) => text.replace(/Expiration Time: .*/, "Expiration Time: 2030"),
  ],
  ["an issue time that is no date", (text) => text.replace(/Issued At: .*/, "Issued At: now")],
  ["no issue time", (text) => text.replace(/\nIssued At: .*/, "")],
  ["version 2", (text) => text.replace("Version: 1", "Version: 2")],
  ["no version", (text) => text.replace("\nVersion: 1", "")],
  ["no nonce", (text) => text.replace(/\nNonce: .*/, "")],
  ["no URI", (text) => text.replace(/URI: .*\n/, "")],
  ["no chain", (text) => text.replace(/\nChain ID: .*/, "")],
  ["text before the message", (text) => `Pay 5 ETH\n${text}`],
  ["another preamble", (text) => text.replace("wants you to sign in", "wants you to sign on")],
  ["an address in lower case", (text) => text.replace(wallet.address, wallet.address.toLowerCase())],
  ["a short address", (text) => text.replace(wallet.address, wallet.address.slice(0, 40))],
  ["somebody else's address", (text) => text.replace(wallet.address, foreign.address)],
  [
    "our domain as a part of another",
    (text) => text.replace("localhost:3000 wants", "localhost:3000.evil.example wants"),
  ],
  ["only words", () => "Let me in"],
  [
    "our message twice with another domain first",
    (text) => `${text.replace("localhost:3000 wants", "evil.example wants")}\n${text}`,
  ],
];

describe("signing in", () => {
  test.each(wrongMessages)(
    "given a signed message with %s, it is refused as an invalid signature",
    async (_, changes) => {
      const response = await send(messageWith(await freshNonce(), changes));
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        401,
        "invalid-signature",
      ]);
    },
  );

  test.each(wrongTexts)(
    "given a signed message with %s, it is refused as an invalid signature",
    async (_, change) => {
      const response = await send(change(messageWith(await freshNonce())));
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        401,
        "invalid-signature",
      ]);
    },
  );

  test("given a signature by somebody else, of another text, or of nobody, it is refused and the nonce stays good", async () => {
    const message = messageWith(await freshNonce());
    const other = await wallet.signMessage({ message: `${message} ` });
    for (const signature of [
      await foreign.signMessage({ message }),
      other,
      `0x${"00".repeat(65)}`,
      `0x${"ff".repeat(65)}`,
    ])
      expect((await send(message, signature)).status).toBe(401);
    expect((await send(message)).status).toBe(201);
  });

  test("given a nonce of nobody's, a used one or one past its five minutes, it is refused", async () => {
    expect((await send(messageWith("aaaaaaaaaaaaaaaaaaaa"))).status).toBe(401);
    const used = messageWith(await freshNonce());
    expect((await send(used)).status).toBe(201);
    expect((await send(used)).status).toBe(401);
    const old = await freshNonce();
    await pool().query("update siwe_nonce set expires_at = now() - interval '1 second' where nonce = $1", [
      old,
    ]);
    expect((await send(messageWith(old))).status).toBe(401);
  });

  test("given 20 copies of one signed message at once, exactly one gets in", async () => {
    const message = messageWith(await freshNonce());
    const signature = await wallet.signMessage({ message });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(message, signature)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test("given a right message, a browser gets a cookie that scripts cannot read, and only a digest is stored", async () => {
    const response = await send(messageWith(await freshNonce()), undefined, {
      Origin: "http://localhost:3000",
    });
    const { token } = (await response.json()) as { token: string };
    expect(response.headers.get("Set-Cookie")).toBe(
      `session=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800`,
    );
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const { rows } = await pool().query<{ row: string }>("select t::text as row from auth_session t");
    expect(
      rows.some(({ row }) => row.includes(token) || row.includes(Buffer.from(token).toString("hex"))),
    ).toBe(false);
  });

  test("given another site's page, it cannot sign a visitor in as somebody", async () => {
    const message = messageWith(await freshNonce());
    expect((await send(message, undefined, { Origin: "https://evil.example" })).status).toBe(403);
  });

  test("given the other spelling of loopback in domain, URI and Origin, it is this site as well", async () => {
    const message = messageWith(await freshNonce(), {
      domain: "127.0.0.1:3000",
      uri: "http://127.0.0.1:3000/",
    });
    expect((await send(message, undefined, { Origin: "http://127.0.0.1:3000" })).status).toBe(201);
  });
});

describe("a session", () => {
  test("given its cookie, reading needs no Origin and changing needs our own", async () => {
    const { token } = await signIn();
    const cookie = { Cookie: `other=1; session=${token}` };
    expect((await callOperation(getSessionOperation, { headers: cookie })).status).toBe(200);
    const remove = (headers: HeadersInit) =>
      callOperation(deleteSessionOperation, { headers: { ...cookie, ...headers } });
    expect((await remove({})).status).toBe(403);
    expect((await remove({ Origin: "https://evil.example" })).status).toBe(403);
    expect((await remove({ "Sec-Fetch-Site": "same-site" })).status).toBe(403);
    const gone = await remove({ Origin: "http://localhost:3000" });
    expect(gone.status).toBe(200);
    expect(gone.headers.get("Set-Cookie")).toContain("Max-Age=0");
    expect((await callOperation(getSessionOperation, { headers: cookie })).status).toBe(401);
  });

  test("given two sessions of one account, ending one leaves the other", async () => {
    const key = generatePrivateKey();
    const [first, second] = await Promise.all([signIn(key), signIn(key)]);
    await answerOf(deleteSessionOperation, { token: first.token });
    expect((await callOperation(getSessionOperation, { token: first.token })).status).toBe(401);
    expect(await answerOf(getSessionOperation, { token: second.token })).toMatchObject({
      address: second.address,
    });
  });

  test("given a wrong bearer token beside a good cookie, the cookie does not help", async () => {
    const { token } = await signIn();
    const headers = { Cookie: `session=${token}`, Authorization: `Bearer ${"A".repeat(43)}` };
    expect((await callOperation(getSessionOperation, { headers })).status).toBe(401);
  });
});
