import { beforeAll, describe, expect, test } from "vitest";
import { pool } from "@/lib/db/pool";
import { signReceipt } from "@/lib/mpp/receipt";
import { receiptKey } from "@/lib/mpp/receipt-keys";
import { mppSecrets } from "@/lib/mpp/secrets";
import { authorizeRequest } from "@/lib/streams/authorize-request";
import { completeRequest } from "@/lib/streams/complete-request";
import { newId } from "@/lib/streams/new-id";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { providerListing } from "@/lib/testing/provider-listing";
import { signIn } from "@/lib/testing/sign-in";
import {
  creditWalletOperation,
  getReceiptOperation,
  getRequestOperation,
} from "./operations/account-operations";
import { registerProviderOperation } from "./operations/market-operations";
import { openStreamOperation } from "./operations/stream-change-operations";

type Person = Awaited<ReturnType<typeof signIn>>;
let payer: Person;
let stranger: Person;
let streamId: string;

beforeAll(async () => {
  const owner = await signIn();
  [payer, stranger] = await Promise.all([signIn(), signIn()]);
  await answerOf(registerProviderOperation, { token: owner.token, json: providerListing("answers") });
  await answerOf(creditWalletOperation, { token: payer.token, json: {} });
  const json = { providerId: "answers", tier: "professional" };
  streamId = (await answerOf<{ id: string }>(openStreamOperation, { token: payer.token, json })).id;
});

/** One authorised call of the payer's, not yet ended. */
async function authorised(): Promise<string> {
  const decision = await authorizeRequest({
    requestId: newId("req"),
    providerId: "answers",
    serviceId: null,
    requestType: "letter-count",
    method: "POST",
    path: "/count",
    via: "proof",
    payer: payer.address,
    streamId,
    idempotencyKey: null,
    requestHash: "00",
    requestDigest: null,
    price: 0n,
  });
  if (decision.outcome !== "authorised") throw new Error(`The call was ${decision.outcome}.`);
  return decision.requestId;
}

async function served(answer: { headers: Record<string, string>; body: Uint8Array } | null): Promise<string> {
  const requestId = await authorised();
  const receipt = await signReceipt(
    { requestId, status: "success", verificationLevel: "none" },
    await receiptKey(mppSecrets()[0]),
  );
  await completeRequest({ requestId, outcome: "served", status: 200, responseDigest: null, receipt, answer });
  return requestId;
}

const fetchAnswer = (requestId: string, token = payer.token) =>
  callOperation(getRequestOperation, { params: { requestId }, token });

describe("the stored answer of a paid call", () => {
  test("given the payer, it is the answer byte by byte, and no page of ours whatever the provider called it", async () => {
    const body = new Uint8Array([0, 255, 60, 104, 49, 62]);
    const response = await fetchAnswer(await served({ headers: { "content-type": "text/html" }, body }));
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
    expect(response.headers.get("Content-Type")).toBe("text/html");
    expect(response.headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'");
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    expect(response.headers.get("Idempotent-Replayed")).toBe("true");
  });

  test("given somebody else, it is not there, as if it had never been", async () => {
    const requestId = await served({ headers: {}, body: new Uint8Array([1]) });
    const theirs = await fetchAnswer(requestId, stranger.token);
    const nobodys = await fetchAnswer("req_0000000000000000", stranger.token);
    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
    expect(await theirs.json()).toEqual(await nobodys.json());
  });

  test("given a call that still runs, the payer is told to wait", async () => {
    const response = await fetchAnswer(await authorised());
    expect([response.status, response.headers.get("Retry-After")]).toEqual([409, "1"]);
  });

  test("given a call that failed, or an answer past its day, there is none and the state says why", async () => {
    const failed = await authorised();
    await completeRequest({
      requestId: failed,
      outcome: "voided",
      status: 502,
      responseDigest: null,
      receipt: null,
    });
    expect(await (await fetchAnswer(failed)).json()).toMatchObject({ status: 404, state: "voided" });
    const old = await served({ headers: {}, body: new Uint8Array([1]) });
    await pool().query("update request_answer set expires_ms = clock_ms() - 1 where request_id = $1", [old]);
    expect(await (await fetchAnswer(old)).json()).toMatchObject({ status: 404, state: "served" });
  });
});

describe("a receipt", () => {
  test("given its id, anybody reads it with the verdict on its signature", async () => {
    const requestId = await served(null);
    expect(await answerOf(getReceiptOperation, { params: { requestId } })).toMatchObject({
      requestId,
      verified: true,
      receipt: { status: "success" },
      keySet: "/.well-known/jwks.json",
    });
  });

  test("given one changed member, the verdict says so", async () => {
    const requestId = await served(null);
    await pool().query(
      `update request_answer set receipt = replace(receipt, '"success"', '"failure"') where request_id = $1`,
      [requestId],
    );
    expect(await answerOf(getReceiptOperation, { params: { requestId } })).toMatchObject({
      verified: false,
      verdict: { reason: "bad-signature" },
    });
  });

  test("given a call that was not served, there is none", async () => {
    expect(
      (await callOperation(getReceiptOperation, { params: { requestId: await authorised() } })).status,
    ).toBe(404);
  });
});
