/** What the snippets are about: where the market is, and one service of it. */
export type DocsSubject = { site: string; providerId: string; path: string; example: unknown };

/** The price, asked for without paying. */
export function askSnippet({ site, providerId, path, example }: DocsSubject): string {
  return `curl -i -X POST ${site}/api/p/${providerId}${path} \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(example)}'`;
}

/** A whole agent: from a key to a paid answer and the rest of its money. e2e/docs.spec.ts runs it as it stands on the page. */
export function agentSnippet({ site, providerId, path, example }: DocsSubject): string {
  return `import { wrapFetchWithSIWx } from "@x402/extensions/sign-in-with-x";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

const site = "${site}";
const account = privateKeyToAccount(process.env.AGENT_KEY ?? generatePrivateKey());
let token;

async function api(method, path, body) {
  const response = await fetch(site + path, {
    method,
    headers: {
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      ...(token ? { authorization: \`Bearer \${token}\` } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(\`\${answer.code}: \${answer.detail}\`);
  return answer;
}

// 1. Sign in with the key (EIP-4361), and take play money.
const { message } = await api("POST", "/api/v1/auth/nonce", { address: account.address });
const signature = await account.signMessage({ message });
token = (await api("POST", "/api/v1/auth/session", { message, signature })).token;
await api("POST", "/api/v1/wallet/faucet", { amount: "10000000000000000000" }); // 10 USDCx

// 2. Open a stream: money flows from now on.
const stream = await api("POST", "/api/v1/streams", { providerId: "${providerId}", tier: "basic" });

// 3. Call. The first call signs a message (Sign-In-With-X); the next ones send the session it brought.
const call = { method: "POST", headers: { "content-type": "application/json" }, body: '${JSON.stringify(example)}' };
const url = site + "/api/p/${providerId}${path}";
const first = await wrapFetchWithSIWx(fetch, account)(url, call);
console.log(first.status, await first.json());
const receipt = JSON.parse(Buffer.from(first.headers.get("payment-receipt"), "base64url"));
console.log(\`\${site}/receipts/\${receipt.requestId}\`);

const session = { "stream-session": first.headers.get("stream-session") };
const next = await fetch(url, { ...call, headers: { ...call.headers, ...session } });
console.log(next.status, next.headers.get("stream-runway-seconds"), "seconds of runway");

// 4. Close: the provider is paid for the seconds, the rest comes back.
const { totalPaid, refund } = await api("POST", \`/api/v1/streams/\${stream.id}/close\`, {});
console.log({ totalPaid, refund });`;
}

/** The stock mppx client with our method, whose code is in the repository. */
export function mppxSnippet({ site, providerId, path }: DocsSubject): string {
  return `import { Mppx } from "mppx/client";
import { ledgerStream } from "./agents/client/ledger-stream";

const USDCX = 10n ** 18n;
const { fetch } = Mppx.create({
  methods: [
    ledgerStream({
      account, // viem; its ledger wallet holds the money
      caps: { maxRatePerDay: 20n * USDCX, maxDeposit: 5n * USDCX, maxTotal: 5n * USDCX },
    }),
  ],
});
await fetch("${site}/api/p/${providerId}${path}", { method: "POST", … });`;
}

/** Verifies a receipt with nothing but Node: RFC 8785 text, detached JWS, Ed25519. */
export function receiptSnippet({ site }: DocsSubject): string {
  return `// node verify.mjs <request id>
const site = "${site}";
const { receipt } = await (await fetch(\`\${site}/api/v1/receipts/\${process.argv[2]}\`)).json();
const { sig, ...members } = receipt;

const [header, , signature] = sig.split(".");
const { kid } = JSON.parse(Buffer.from(header, "base64url"));
const { keys } = await (await fetch(\`\${site}/.well-known/jwks.json\`)).json();
const key = await crypto.subtle.importKey("jwk", keys.find((jwk) => jwk.kid === kid), "Ed25519", false, ["verify"]);

// RFC 8785: members sorted, no spaces. All members of a receipt are strings, numbers or null.
const text = JSON.stringify(Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))));
const payload = Buffer.from(text).toString("base64url");
const valid = await crypto.subtle.verify(
  "Ed25519",
  key,
  Buffer.from(signature, "base64url"),
  Buffer.from(\`\${header}.\${payload}\`),
);
console.log(valid ? "valid" : "NOT VALID", receipt.resource, receipt.streamed);`;
}

/** Checks a delivery by the Standard Webhooks scheme. \`body\` is the text as it came. */
export function webhookSnippet(): string {
  return `import { createHmac, timingSafeEqual } from "node:crypto";

function isOurs(headers, body, secret) {
  const age = Date.now() / 1000 - Number(headers["webhook-timestamp"]);
  if (Math.abs(age) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = \`\${headers["webhook-id"]}.\${headers["webhook-timestamp"]}.\${body}\`;
  const expected = createHmac("sha256", key).update(signed).digest();
  return headers["webhook-signature"].split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}`;
}

/** Registers a provider. The token is the one of \`POST /api/v1/auth/session\`. */
export function provideSnippet({ site }: DocsSubject): string {
  return `curl -X POST ${site}/api/v1/providers \\
  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d '{
    "id": "letter-count",
    "name": "Letter count",
    "endpoint": "https://api.example.com/v1",
    "capabilities": ["letter-count"],
    "category": "data_analytics",
    "tierOverrides": { "basic": { "rate": { "amount": "500000000000000000", "periodMs": 86400000 } } },
    "services": [{
      "slug": "count", "name": "Count letters", "category": "data_analytics", "capability": "letter-count",
      "method": "POST", "path": "/count",
      "inputSchema": { "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] },
      "example": { "text": "abc" }
    }]
  }'`;
}
