import type { ProblemCode } from "@/lib/errors";

export type Guide = {
  /** What happened, in plain words. */
  happened: string;
  /** What to do about it. */
  todo: string;
  /** Members of the answer beside type, title, status, detail and code. */
  members?: Readonly<Record<string, string>>;
};

const repair = "Steps that a program can take, each with the call or the payload it needs";
const tiers = "Every tier of the provider with rate, deposit and hourly limit";
const retry = "Seconds to wait, the same as Retry-After";
const challenge = "The challenge to answer, the same as in WWW-Authenticate";

/** One page for each problem type that an answer can carry. A code without an entry does not compile. */
export const guides: Readonly<Record<ProblemCode, Guide>> = {
  "malformed-json": {
    happened: "The body could not be read as JSON.",
    todo: "Send one JSON value, UTF-8, and nothing else.",
  },
  "malformed-request": {
    happened: "A header, the path or the query can be read in more than one way, so it is not read at all.",
    todo: "Send each header once, and a path without encoded or doubled separators.",
  },
  "unknown-tier": {
    happened: "The provider has no tier of that name.",
    todo: "Use one of the names in tiers.",
    members: { tiers: "The tiers that there are" },
  },
  "sign-in-required": {
    happened: "This needs an account, and no valid session came with the request.",
    todo: "Sign in: POST /api/v1/auth/nonce, sign the message, POST /api/v1/auth/session. Then send the token as a bearer token.",
  },
  "invalid-signature": {
    happened:
      "The message or its signature does not hold: another domain, too old, a used nonce, or another key.",
    todo: "Ask for a new nonce and sign the message as it comes.",
  },
  "forbidden-origin": {
    happened: "A page of another origin tried to act with your cookie. Nothing was done.",
    todo: "Programs and other sites send a bearer token instead of the cookie.",
  },
  "not-available-here": {
    happened: "The operation is for devnets, where money is play money. This network is not one.",
    todo: "Use a real deposit, or another network.",
  },
  "not-found": {
    happened: "There is nothing at this address.",
    todo: "See /openapi.json for what there is.",
  },
  "provider-not-found": {
    happened: "No provider is registered under that id.",
    todo: "Search the market: GET /api/v1/providers.",
  },
  "service-not-found": {
    happened: "The provider lists no such service, or not with this method.",
    todo: "See the provider’s services: GET /api/v1/registry/services?provider=….",
  },
  "stream-not-found": {
    happened: "There is no such stream, or it belongs to somebody else. Both give the same answer.",
    todo: "List your own: GET /api/v1/streams.",
  },
  "alert-not-found": {
    happened: "There is no such alert, or it belongs to somebody else. Both give the same answer.",
    todo: "List your own: GET /api/v1/alerts.",
  },
  "webhook-not-found": {
    happened: "There is no such webhook, or it belongs to somebody else. Both give the same answer.",
    todo: "List your own: GET /api/v1/webhooks.",
  },
  "delivery-not-found": {
    happened: "The webhook has no such delivery. Deliveries are kept for 30 days.",
    todo: "List them: GET /api/v1/webhooks/{webhookId}/deliveries.",
  },
  "request-not-found": {
    happened: "There is no such paid call, its answer is older than 24 hours, or somebody else paid for it.",
    todo: "Take the id from the answer’s Stream-Request header, and ask as the payer.",
  },
  "method-not-allowed": {
    happened: "The address exists, but not with this method.",
    todo: "Use a method from the Allow header.",
  },
  "provider-taken": {
    happened: "Another account registered a provider under this id.",
    todo: "Choose another id, or sign in as its owner.",
  },
  "insufficient-balance": {
    happened: "The wallet, or the stream, does not hold enough for this. Nothing was moved.",
    todo: "Fund the wallet, or ask for less. On a devnet the faucet gives play money.",
    members: { balance: "What there is, base units", required: "What is needed, base units" },
  },
  "stream-on-chain": {
    happened: "The stream’s money is in a contract: only a transaction that its party signs changes it.",
    todo: "Sign the calls with the wallet and send them, in order. The change shows here within a few blocks.",
    members: {
      streamId: "The stream",
      rail: "Where its money is",
      chainId: "On which chain",
      calls: "What to sign: to, data, value and a sentence each; none when the rail has no such change",
    },
  },
  "wallet/not-backed": {
    happened:
      "Credit goes back to the chain only as far as payments on the chain have bought it. Play money from the faucet has nothing behind it there; and on a chain of real money nothing can be withdrawn from a ledger that has ever given out play money.",
    todo: "Ask for available or less. What is not backed can be spent in streams.",
    members: { available: "What can be withdrawn now, in base units of the ledger" },
  },
  "stream-state": {
    happened: "The stream is not in a state in which this can be done: paused, empty, closed, or not paused.",
    todo: "Look at its status first: GET /api/v1/streams/{id}.",
    members: {
      streamStatus: "The state that the stream is in",
      allowed: "The states in which this can be done",
    },
  },
  "too-many-webhooks": {
    happened: "The account has as many webhooks as it may have.",
    todo: "Delete one that you no longer need.",
    members: { maximum: "How many an account may have" },
  },
  "webhook-off": {
    happened: "The webhook is off, because its owner or its own answer 410 said so: nothing is sent to it.",
    todo: "Turn it on first: PUT /api/v1/webhooks/{webhookId} with enabled true.",
  },
  "self-stream": {
    happened: "The sender and the provider’s owner are the same account.",
    todo: "Pay from another account.",
  },
  "idempotency-conflict": {
    happened: "The Idempotency-Key was used before, for a request with another content. Nothing was done.",
    todo: "Use a new key for a new intention, and the same key only to repeat the same request.",
  },
  "request-in-progress": {
    happened: "The same request, under the same key, is still running.",
    todo: "Wait, then ask again with the same key: you get the answer of the first one and pay once.",
    members: { retryAfterSeconds: retry },
  },
  "headers-too-large": { happened: "A header field is larger than 8 KiB.", todo: "Send a shorter one." },
  "body-too-large": { happened: "The body is larger than 256 KiB.", todo: "Send less, or in parts." },
  "unsupported-media-type": {
    happened: "The body is not declared as JSON.",
    todo: "Send Content-Type: application/json.",
  },
  "invalid-input": {
    happened:
      "The request was read, but a value in it is missing, unknown or out of range. Nothing was done.",
    todo: "Correct what errors names. Unknown fields are refused as well.",
    members: { errors: "A list of pointer (RFC 6901) and message" },
  },
  "rate-limited": {
    happened: "Too many requests came from this address in a short time.",
    todo: "Wait as long as Retry-After says.",
    members: { retryAfterSeconds: retry },
  },
  internal: {
    happened: "Something broke on our side. If money was to be moved, it either was, completely, or was not.",
    todo: "Try again with the same Idempotency-Key: it is never carried out twice.",
  },
  "upstream-failed": {
    happened: "The provider could not be reached, or its answer broke off. The call was not charged.",
    todo: "Try again later, or another provider.",
  },
  "upstream-refused": {
    happened:
      "The provider’s address leads to a network that the paid door does not call. The call was not charged.",
    todo: "The provider has to register a public address.",
  },
  "not-configured": {
    happened: "This installation has no database yet, so it takes no money.",
    todo: "Its operator sets DATABASE_URL and deploys again.",
  },
  "not-ready": {
    happened: "This server is starting, ending, or without its database. Only load balancers ask for this.",
    todo: "Send requests to another server of the installation until this one is ready.",
    members: { checks: "What is wrong: server, database and migrations, each ok or what it is instead" },
  },
  "provider-busy": {
    happened: "The provider serves as many calls as it can, and the queue is full. The call was not charged.",
    todo: "Wait as long as Retry-After says. A higher tier is served first.",
    members: { retryAfterSeconds: retry },
  },
  unavailable: {
    happened: "A part that is needed, such as the database, does not answer now.",
    todo: "Try again shortly, with the same Idempotency-Key.",
    members: { retryAfterSeconds: retry },
  },
  "upstream-timeout": {
    happened: "The provider took longer than it may. The call was not charged.",
    todo: "Try again later, or ask for less at once.",
  },
  "stream/not-found": {
    happened: "This call is paid by a stream, and you have none to this provider.",
    todo: "Open one: answer the challenge with the action open, or POST /api/v1/streams, or use the provider’s page.",
    members: {
      openUrl: "Where to open a stream",
      requiredDeposit: "Base units to lock",
      tiers,
      repair,
      challengeId: challenge,
    },
  },
  "stream/pending": {
    happened: "The stream was opened, but its rail has not confirmed it yet.",
    todo: "Wait, then ask again.",
    members: { retryAfterSeconds: retry },
  },
  "stream/paused": {
    happened: "The stream is paused: nothing flows, so nothing is served.",
    todo: "Resume it.",
    members: { resumeUrl: "Where to resume it", streamId: "The stream", repair, challengeId: challenge },
  },
  "stream/terminated": {
    happened: "The stream was closed and settled.",
    todo: "Open a new one.",
    members: {
      openUrl: "Where to open a stream",
      requiredDeposit: "Base units to lock",
      tiers,
      repair,
      challengeId: challenge,
    },
  },
  "stream/deposit-exhausted": {
    happened: "The deposit is used up. The provider was paid all of it; you owe nothing.",
    todo: "Top up within the grace period and the stream flows again; after it, open a new one.",
    members: {
      minimumTopUp: "The smallest top-up that helps, base units",
      topUpUrl: "Where to top up",
      streamId: "The stream",
      repair,
      challengeId: challenge,
    },
  },
  "stream/flow-rate-insufficient": {
    happened: "Your stream flows slower than the tier that was asked for.",
    todo: "Change the stream’s tier, or ask for a tier that it pays for.",
    members: {
      requiredFlowRate: "Base units a second that are needed",
      nextTier: "The tier to change to",
      changeTierUrl: "Where to change it",
      repair,
    },
  },
  "stream/sender-mismatch": {
    happened: "The proof was not signed by the account that sends the stream.",
    todo: "Sign with the sender’s key.",
  },
  "stream/delegation-invalid": {
    happened: "The proof is by a delegate, and what its payer signed for it does not allow this call.",
    todo: "Ask the payer to sign a new delegation, or prove with the payer’s own key.",
    members: {
      reason: "not-signed-by-payer, revoked, expired, nonce-used or rate-too-high",
      payer: "Whose stream it is",
      delegate: "Who signed the proof",
      nonce: "The payer’s number for the delegation",
    },
  },
  "stream/price-needs-ledger": {
    happened: "The call costs something by itself, and your stream is on a chain, which pays for time alone.",
    todo: "Open a stream on the ledger to the same provider, or use a service without a price of its own.",
    members: { price: "What the call costs, base units", openUrl: "Where to open a stream", repair },
  },
  "stream/rate-limited": {
    happened: "The tier’s calls of the last hour are used up. Paying again does not help; waiting does.",
    todo: "Wait as long as Retry-After says, or change to a tier with a higher limit.",
    members: {
      retryAfterSeconds: retry,
      limit: "Calls an hour",
      remaining: "Calls left now",
      nextTier: "The next tier that allows more",
      tiers,
      repair,
    },
  },
  "stream/verification-unavailable": {
    happened: "The stream’s rail cannot be asked at the moment, so nothing is decided. Nothing was charged.",
    todo: "Try again shortly. Do not pay again.",
    members: { retryAfterSeconds: retry },
  },
};
