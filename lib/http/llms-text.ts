import { LEDGER_ASSET } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import type { PaidService } from "@/lib/market/list-paid-services";
import type { PaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";
import { type PaymentMethod, paymentMethods } from "./payment-methods";

/** `/llms.txt`: what an agent needs to go from nothing to a paid answer, with nothing that is not so. */
export function llmsText(
  services: readonly PaidService[],
  { origin, network, ways }: { origin: string; network: "devnet" | "mainnet"; ways: PaymentWays },
): string {
  const methods = paymentMethods(ways);
  return `# Superstream

> Services bought by the second. You open a stream of money to a provider; while it flows, calls to that provider are
> authorised (HTTP 402, Machine Payments Protocol, intent "stream"); when you close it, the provider is paid to the base unit
> and the rest returns to you. You never owe more than you deposited.

Amounts are base units as decimal strings. Prices are dollars of the ledger: ${LEDGER_ASSET.symbol}, ${LEDGER_ASSET.decimals} decimals.${
    network === "devnet" ? " This is a devnet: the money is play money." : ""
  }

## Ways to pay

${methods.map(methodLine).join("\n")}

## Quick start

1. Sign in with a key of yours (EIP-4361). The token is your bearer token.
   POST ${origin}/api/v1/auth/nonce {"address":"0x…"} gives "message"; sign it (EIP-191).
   POST ${origin}/api/v1/auth/session {"message":"…","signature":"0x…"} gives "token".
${
  network === "devnet"
    ? `2. Get play money: POST ${origin}/api/v1/wallet/faucet {"amount":"100000000000000000000"}
   with Authorization: Bearer <token> and an Idempotency-Key.`
    : "2. Fund your wallet on the ledger. GET /api/v1/wallet shows its balance."
}
3. Find a provider: GET ${origin}/api/v1/providers?capability=… or
   GET ${origin}/api/v1/providers/cheapest?capability=…&healthy=true (health up: it answers, and serves what is paid)
4. Call it at its door: ${origin}/api/p/{provider}/{path}. The first answer is 402 with a challenge in
   WWW-Authenticate: Payment. Answer it with an EIP-712 signature (action "open" opens a stream and serves the same
   request), or open the stream yourself:
   POST ${origin}/api/v1/streams {"providerId":"…","tier":"basic"} and answer with action "prove".
5. The 200 carries Payment-Receipt (signed) and Stream-Session. Send Stream-Session back on the next calls: no more
   challenges while the stream flows. Stream-Runway-Seconds says for how long the deposit lasts.
6. POST ${origin}/api/v1/streams/{id}/close settles and refunds.
${ways.chain ? chainSteps(origin, methods) : ""}
## When a call is refused

Every refusal is application/problem+json with a "code" and members that say how to repair it.
- 402 stream/deposit-exhausted: top up by at least "minimumTopUp"; within the grace the same stream runs again.
- 402 stream/not-found or stream/terminated: open a stream. 402 stream/paused: resume it.
- 429 stream/rate-limited: wait "retryAfterSeconds", or move to a higher tier. Paying again does not help.
- 503 and 504: nothing was charged; try again after Retry-After.
Send an Idempotency-Key with calls that must not run twice: the same key never pays twice, and
GET ${origin}/api/v1/requests/{id} gives a paid answer again for 24 hours.

## Before a deposit runs out

- GET ${origin}/api/v1/alerts?state=live: your streams with less than 4 h, 1 h or 10 min left, each with "suggestedTopUp".
- POST ${origin}/api/v1/webhooks {"url":"https://…"}: the same, sent to you, signed by the Standard Webhooks scheme. The answer
  says the secret, once.
- PUT ${origin}/api/v1/streams/{id}/auto-top-up: more is added by itself, within a daily maximum of yours.

## Documents

- [OpenAPI](${origin}/openapi.json): paid paths with their prices, and what paying takes; [every operation](${origin}/openapi/full.json)
- [Manifest](${origin}${paths.agentManifest}): actions for agents; [agent card](${origin}${paths.agentCard}) for A2A
- [Skill](${origin}${paths.skill}): the same as commands to run
- [Registry](${origin}/api/v1/registry): services with JSON Schemas and examples
- MCP server: POST ${origin}${paths.api.mcp}, streamable HTTP; paid tools answer -32042 with challenges
- [Receipt keys](${origin}/.well-known/jwks.json): verify receipts yourself
${services.length > 0 ? `\n## Services that can be called now\n\n${services.map((paid) => serviceLine(paid, origin)).join("\n")}\n` : ""}`;
}

function methodLine(way: PaymentMethod): string {
  if (way.protocol === "x402")
    return `- x402 version ${way.x402_version}, scheme "${way.scheme}": ${singlePayment(way)}`;
  const name = `- ${way.method}/${way.intent}`;
  switch (way.method) {
    case "ledger":
      return `${name}: a deposit in your wallet on this site's ledger, in ${way.asset.symbol} (${way.asset.decimals} decimals).`;
    case "evm":
      return `${name}: ${singlePayment(way)}`;
    case "superfluid":
      return `${name}: a flow of Superfluid on ${way.network} (${way.network_name}) by CFAv1Forwarder ${way.contract}, in ${tokenText(way.asset)}.`;
    case "streampay":
      return `${name}: an escrow of StreamPay on ${way.network} (${way.network_name}), contract ${way.contract}, in ${tokenText(way.asset)}.`;
  }
}

type SinglePayment = Extract<PaymentMethod, { pay_to: string }>;

function singlePayment({ network, asset, pay_to }: SinglePayment): string {
  return `one signed authorisation (EIP-3009) of ${tokenText(asset)} on ${network} to ${pay_to}; it becomes a deposit on the ledger that flows to the provider.`;
}

function tokenText({ symbol, decimals, address }: SinglePayment["asset"]): string {
  return `${symbol} (${decimals} decimals) ${address}`;
}

/** How a stream on a chain is opened and closed: by transactions of the payer, which the plan says. */
function chainSteps(origin: string, methods: readonly PaymentMethod[]): string {
  const relayed = methods.some((way) => "relay" in way);
  return `
## A stream on a chain

1. POST ${origin}/api/v1/streams/plan {"providerId":"…","tier":"basic","rail":"streampay","durationMs":3600000,"payer":"0x…"}
   gives cost, deposit, runway, gas, your balances, and "calls": transactions to sign and send. Nothing is moved or stored.
2. Send them. Then call the door and answer the challenge of that method with action "prove", with "txHash" while it is new:
   402 stream/pending with Retry-After means wait, not pay.
3. POST ${origin}/api/v1/streams/plan-close {"streamIds":["str_…"]} (signed in) gives the transaction that closes them.
${
  relayed
    ? `Without coin for gas: sign "authorization" of the plan (rail streampay) and send it with its terms to
POST ${origin}/api/v1/streams/relay, then follow GET ${origin}/api/v1/streams/relay/{id}.
`
    : ""
}`;
}

function serviceLine({ provider, service }: PaidService, origin: string): string {
  const prices = provider.tiers.map(
    ({ name, ratePerDay }) => `${name} ${toDecimal(ratePerDay, LEDGER_ASSET.decimals, 2, "nearest")}/day`,
  );
  return `- ${service.method} ${origin}${service.door}: ${provider.name}, ${service.name} (${prices.join(", ")})`;
}
