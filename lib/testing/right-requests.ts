import { pool } from "@/lib/db/pool";
import type { Operation } from "@/lib/http/define-operation";
import { creditWalletOperation } from "@/lib/http/operations/account-operations";
import { createWebhookOperation, testWebhookOperation } from "@/lib/http/operations/alert-operations";
import { registerProviderOperation } from "@/lib/http/operations/market-operations";
import { openStreamOperation } from "@/lib/http/operations/stream-change-operations";
import type { Right } from "./bad-requests";
import { answerOf, type Sent } from "./call-operation";
import { providerListing } from "./provider-listing";
import { signIn } from "./sign-in";

const TOKEN = 10n ** 18n;
/** RFC 9530, of no bytes. */
const DIGEST = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/**
 * Fills an empty market with one of each thing: provider `target` of `owner`, and of `sender` a stream to it (opened under the
 * Idempotency-Key `taken`), a served call, an alert, a webhook and a delivery. `stranger` has money and nothing else.
 *
 * @returns the three, and for each operation a request that it takes: wrong ones are made from it
 */
export async function rightRequests() {
  const requestId = "req_11111111111111111111111111111111";
  const alertId = "alt_11111111111111111111111111111111";
  const [sender, owner, stranger] = await Promise.all([signIn(), signIn(), signIn()]);
  await answerOf(registerProviderOperation, { token: owner.token, json: providerListing("target") });
  for (const { token } of [sender, stranger])
    await answerOf(creditWalletOperation, { token, json: { amount: String(TOKEN) } });
  const { id: streamId } = await answerOf<{ id: string }>(openStreamOperation, {
    token: sender.token,
    json: { providerId: "target", tier: "basic" },
    headers: { "Idempotency-Key": "taken" },
  });
  const { rows } = await pool().query<{ id: string }>("select id from service");
  const serviceId = rows[0]?.id ?? "";
  await pool().query(
    `insert into request (id, stream_id, provider_id, payer, request_type, method, path, via, decision, state, at_ms, request_hash)
     values ($1, $2, 'target', $3, 'letter-count', 'POST', '/count', 'session', 'authorised', 'served', clock_ms(), 'x')`,
    [requestId, streamId, sender.address],
  );
  await pool().query(
    `insert into request_answer (request_id, status, headers, body, expires_ms) values ($1, 200, '{}', 'secret', clock_ms() + 1000000)`,
    [requestId],
  );
  await pool().query(
    `insert into alert (id, account, stream_id, threshold_ms, state, runway_ms, depletes_ms, remaining, funded, generation, raised_ms)
     values ($1, $2, $3, 3600000, 'raised', 1, 1, 1, 1, 0, clock_ms())`,
    [alertId, sender.address, streamId],
  );
  const { id: webhookId } = await answerOf<{ id: string }>(createWebhookOperation, {
    token: sender.token,
    json: { url: "https://hooks.example.com/alerts" },
  });
  const { id: deliveryId } = await answerOf<{ id: string }>(testWebhookOperation, {
    token: sender.token,
    params: { webhookId },
  });
  const ids: Record<string, string> = {
    streamId,
    serviceId,
    requestId,
    providerId: "target",
    category: "data_analytics",
    alertId,
    webhookId,
    deliveryId,
    relayId: `0x${"11".repeat(32)}`,
    withdrawalId: "wdr_1",
  };
  const tokens = {
    account: sender.token,
    admin: "tests-only-admin-token",
    cron: "tests-only-cron-secret",
    none: "",
  };
  const bodies = rightBodies(sender.address, streamId);

  function rightFor(operation: Operation): Right {
    const token = OF_PROVIDERS.includes(operation.id) ? owner.token : tokens[operation.auth];
    const params = Object.fromEntries(
      Object.keys(operation.params.shape).map((name) => [name, ids[name] ?? ""]),
    );
    const body = operation.method === "GET" ? null : (bodies[operation.id] ?? {});
    const sent: Sent = {
      params,
      query: operation.id === "findCheapestProvider" ? "capability=letter-count" : "",
      ...(token ? { token } : {}),
      ...(body ? { json: body } : {}),
    };
    return { sent, body };
  }
  return { sender, owner, stranger, rightFor };
}

/** What the owner of a provider asks, and not the sender of a stream. */
const OF_PROVIDERS: readonly string[] = [
  "collectStream",
  "verifyPayment",
  "completePayment",
  "watchPayments",
];

/** By operation: a body with every field that it may have. */
function rightBodies(sender: string, streamId: string): Record<string, Record<string, unknown>> {
  return {
    createNonce: { address: sender },
    createSession: { message: "m", signature: `0x${"11".repeat(65)}` },
    registerProvider: providerListing("target", {
      depositMs: 14_400_000,
      graceMs: 900_000,
      maxConcurrency: 4,
      active: true,
      tierOverrides: {
        basic: {
          rate: { amount: String(TOKEN), periodMs: 86_400_000 },
          maxRequestsPerHour: 5,
          priority: "high",
        },
      },
    }),
    validateService: { service: {} },
    verifyPayment: {
      ...{ providerId: "target", method: "POST", path: "/count?unit=mm", requestDigest: DIGEST },
      ...{ authorization: "Payment e30", session: "s", tier: "basic" },
      ...{ idempotencyKey: "once", acceptPayment: "ledger/stream" },
    },
    completePayment: {
      ...{ requestId: "req_22222222222222222222222222222222", outcome: "served", status: 200 },
      ...{ responseDigest: DIGEST, receipt: {} },
    },
    watchPayments: { requestIds: ["req_22222222222222222222222222222222"] },
    openStream: {
      providerId: "target",
      tier: "basic",
      deposit: String(TOKEN / 2n),
      autoTopUp: { triggerMs: 3_600_000, chunkMs: 3_600_000, dailyMax: String(TOKEN), expiresMs: null },
    },
    planStream: {
      providerId: "target",
      tier: "basic",
      rail: "ledger",
      durationMs: 86_400_000,
      payer: sender,
      asset: "USDCx",
      decimals: 18,
      permit: { value: "1", deadline: "4102444800", signature: `0x${"11".repeat(65)}` },
    },
    planClose: { streamIds: [streamId] },
    topUpStream: { amount: "1" },
    changeStreamTier: { tier: "professional" },
    setAutoTopUp: {
      rule: {
        triggerMs: 3_600_000,
        chunkMs: 3_600_000,
        dailyMax: String(TOKEN),
        expiresMs: 4_102_444_800_000,
      },
    },
    creditWallet: { amount: "1" },
    withdrawCredit: { amount: "1" },
    createWebhook: { url: "https://hooks.example.com/more" },
    updateWebhook: { enabled: false },
    revokeDelegation: { nonce: "1" },
    relayOpening: {
      ...{ providerId: "target", tier: "basic", payer: sender, durationMs: 14_400_000, deposit: "166667" },
      ...{ salt: `0x${"11".repeat(32)}`, validAfter: "0", validBefore: "4102444800" },
      signature: `0x${"11".repeat(65)}`,
    },
    runSimulation: {
      scenario: {
        title: "Two hours",
        lengthMs: 7_200_000,
        depositMs: 3_600_000,
        graceMs: 900_000,
        sweepMs: 60_000,
        wallet: String(100n * TOKEN),
        autoTopUp: { triggerMs: 600_000, chunkMs: 3_600_000, dailyMax: String(TOKEN) },
        streams: [
          {
            name: "s1",
            consumer: "Clinic",
            provider: "Laboratory",
            tier: "basic",
            rate: { amount: String(TOKEN), periodMs: 3_600_000 },
            maxRequestsPerHour: 5,
            price: "1",
            requests: { everyMs: 600_000, fromMs: 0, untilMs: 7_200_000 },
            closesAtMs: 7_000_000,
          },
        ],
      },
    },
  };
}
