import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { SiteRefused } from "../client/site-api";
import { encodedReceipt } from "./encoded-receipt";
import type { Marketplace } from "./marketplace";
import type { Authorise, Ending, Paid, Shown } from "./payment";
import { Refusal } from "./refusal";

const receipt = z.record(z.string(), z.unknown());
const headers = z.record(z.string(), z.string());
const verdict = z.discriminatedUnion("outcome", [
  z.looseObject({
    outcome: z.literal("authorised"),
    requestId: z.string(),
    streamId: z.string(),
    payer: z.string(),
    runwayMs: z.number(),
    headers,
    receipt,
  }),
  z.looseObject({ outcome: z.literal("refused"), status: z.int(), headers, body: z.string() }),
]);
const ended = z.looseObject({ ended: z.boolean(), receipt: receipt.nullable() });

/** Pauses before an ending is told again. After a minute the marketplace has voided the call by itself. */
const RETRIES_MS = [100, 300, 1_000, 3_000];

/**
 * Payments of callers who come past the door: the marketplace checks what they show and uses it up, this program serves, and tells how
 * it ended. What the marketplace refuses is passed on word for word, challenge and all.
 */
export function directPayments(market: Pick<Marketplace, "post">, providerId: string): Authorise {
  return async (shown) => {
    const answer = await ask(shown);
    if (answer.outcome === "refused") {
      const { status, headers, body } = answer;
      return { unserved: { status, headers, body } };
    }
    const { requestId, streamId, payer, runwayMs, headers: meter, receipt: opening } = answer;
    const paid: Paid = {
      ...{ requestId, streamId, payer, runwayMs, headers: meter },
      opening: encodedReceipt(opening),
      settle: (ending) => settle(requestId, opening, ending),
    };
    return { paid };
  };

  async function ask({ method, path, digest, header }: Shown): Promise<z.infer<typeof verdict>> {
    try {
      const answer = await market.post("/api/v1/mpp/verify", {
        ...{ providerId, method, path, requestDigest: digest },
        authorization: header("authorization"),
        session: header("stream-session"),
        tier: header("stream-tier"),
        idempotencyKey: header("idempotency-key"),
        acceptPayment: header("accept-payment"),
      });
      return verdict.parse(answer);
    } catch (cause) {
      if (cause instanceof SiteRefused && cause.status === 422)
        throw new Refusal("invalid-input", "A payment header cannot be read.", { cause });
      throw unavailable(cause);
    }
  }

  async function settle(requestId: string, opening: z.infer<typeof receipt>, ending: Ending) {
    const served = ending.outcome === "served";
    const told = await persistently(() =>
      market.post("/api/v1/mpp/complete", {
        requestId,
        outcome: served ? "served" : "voided",
        status: ending.status,
        ...(served ? { responseDigest: ending.digest, receipt: opening } : {}),
      }),
    );
    const { ended: asSaid, receipt: final } = ended.parse(told);
    if (served && !asSaid)
      throw new Refusal("inference-timeout", "The call took too long. Nothing was charged.");
    return final;
  }
}

/** An ending told twice is one ending, so it is told until somebody has heard it. */
async function persistently<T>(tell: () => Promise<T>): Promise<T> {
  for (const pauseMs of RETRIES_MS) {
    try {
      return await tell();
    } catch (error) {
      if (error instanceof SiteRefused && error.status < 500 && error.status !== 429) throw error;
      await sleep(pauseMs);
    }
  }
  return tell();
}

function unavailable(cause: unknown): Refusal {
  const headers = { "retry-after": "2" };
  return new Refusal(
    "marketplace-unavailable",
    "The payment cannot be verified now. Do not pay again; retry.",
    {
      ...{ headers, cause },
    },
  );
}
