import "server-only";
import { ProblemError } from "@/lib/errors";
import { authorizeCall } from "./authorize-call";
import type { DoorTools } from "./create-door";
import { type DirectRequest, directCall } from "./direct-call";
import { refusalResponse } from "./door-problem";
import { createRefusals } from "./payment-required";
import { createPaymentServer } from "./payment-server";
import { readCredentials } from "./read-credentials";
import type { Receipt } from "./receipt";
import { receiptKey } from "./receipt-keys";
import { meterHeaders } from "./serve-call";
import { signedReceipt } from "./settle-call";
import { createSignInWithX } from "./sign-in-with-x";
import { unverifiable } from "./unverifiable";
import { streamSignatures } from "./verify-stream-signature";

/** What a caller showed the provider, header for header. */
export type ShownPayment = {
  authorization: string | null;
  session: string | null;
  tier: string | null;
  idempotencyKey: string | null;
  acceptPayment: string | null;
};

export type Verdict =
  | {
      outcome: "authorised";
      requestId: string;
      streamId: string;
      payer: string;
      tier: string;
      priority: string;
      /** How long the stream pays from now on. */
      runwayMs: bigint;
      /** For the answer, whatever it is. */
      headers: Record<string, string>;
      /** Signed, without the digest of an answer: `completeDirectCall` turns it into the one that counts. */
      receipt: Receipt;
    }
  /** What to say to the caller instead of serving it: a challenge, a refusal, or the settlement of a stream that it closes. */
  | { outcome: "refused"; status: number; headers: Record<string, string>; body: string };

export type VerifyTools = Pick<
  DoorTools,
  "origin" | "chainId" | "chain" | "secrets" | "getDoor" | "ledger" | "report"
>;

/** What a provider passes on. `PAYMENT-REQUIRED` stays here: single payments and sign-ins are taken at the door alone. */
const PASSED_ON = ["content-type", "www-authenticate", "retry-after", "ratelimit"];

/**
 * Authorises calls that a caller made to a provider's own address, with the engine of the paid door: the same challenges, credentials,
 * ledger and refusals. A call that it lets in stays open until the provider completes it, and costs nothing otherwise (decision 0105).
 */
export function createVerifier(tools: VerifyTools) {
  const { origin, chainId, chain = null, secrets, ledger } = tools;
  const payments = createPaymentServer({
    realm: new URL(origin).host,
    secrets,
    verifySignature: streamSignatures(chain),
  });
  const siwx = createSignInWithX({ origin, chainId, secrets, chain });
  const refusals = createRefusals({ origin, payments, siwx, desk: null });
  const key = receiptKey(secrets[0]);

  /**
   * @param asked.actor lower-case address of the provider's owner
   * @throws ProblemError `provider-not-found` also for somebody else's; `service-not-found`, `method-not-allowed`, `unknown-tier`
   */
  return async function verifyCall(
    asked: DirectRequest & ShownPayment & { actor: string; providerId: string },
  ): Promise<Verdict> {
    const door = await tools.getDoor(asked.providerId);
    if (door.provider.owner.toLowerCase() !== asked.actor)
      throw new ProblemError("provider-not-found", `There is no provider ${asked.providerId} of yours.`);
    try {
      const call = directCall(door, asked, readCredentials(headersOf(asked)), {
        chainId,
        chain: chain?.terms ?? null,
      });
      const admission = await authorizeCall(call, { ledger, payments, siwx, refusals, chain, desk: null });
      if (admission.kind === "answered") return refused(admission.response);
      if (admission.kind === "replay") throw servedBefore(admission.decision.requestId, origin);
      const { requestId, streamId, payer, tier, priority, runwayMs } = admission.decision;
      const receipt = await signedReceipt(call, admission, null, { origin, chainId, chain, key: () => key });
      const about = { requestId, streamId, payer, tier, priority, runwayMs };
      return { outcome: "authorised", ...about, headers: meterHeaders(admission), receipt };
    } catch (error) {
      if (error instanceof ProblemError && OF_THE_PROVIDER.includes(error.code)) throw error;
      if (!(error instanceof ProblemError)) tools.report("A payment could not be verified.", error);
      return refused(refusalResponse(unverifiable(error) ?? error, origin));
    }
  };
}

/** What the provider has got wrong, not its caller. */
const OF_THE_PROVIDER: readonly string[] = ["service-not-found", "method-not-allowed"];

function headersOf({ authorization, session, tier, idempotencyKey, acceptPayment }: ShownPayment): Headers {
  const given = {
    authorization,
    "stream-session": session,
    "stream-tier": tier,
    "idempotency-key": idempotencyKey,
    "accept-payment": acceptPayment,
  };
  return new Headers(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Answers of direct calls are not kept here: only the provider had them. */
function servedBefore(requestId: string, origin: string): ProblemError {
  const extensions = { requestId, receiptUrl: `${origin}/api/v1/receipts/${requestId}` };
  return new ProblemError("idempotency-conflict", "A call with this key was served before.", { extensions });
}

async function refused(response: Response): Promise<Verdict> {
  const headers = PASSED_ON.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = await response.text();
  return { outcome: "refused", status: response.status, headers: Object.fromEntries(headers), body };
}
