import type { ChargeTerms } from "./charge-terms";
import type { SignInWithX } from "./sign-in-with-x";
import type { StreamOffer, StreamOffers } from "./stream-offers";
import { exactOffer } from "./x402-exact";

/**
 * The value of `PAYMENT-REQUIRED` (x402 v2, base64 JSON): a single payment first, for clients that take the first offer they know, then
 * streams, the ledger's first, and how to sign in with an open one.
 * The scheme `stream` is ours; clients that do not know it skip the offer and still see the sign-in.
 */
export function x402Offer(
  resource: string,
  description: string,
  offers: StreamOffers,
  siwx: SignInWithX,
  charge: ChargeTerms | null = null,
): string {
  const required = {
    x402Version: 2,
    error: "Payment required",
    resource: { url: resource, description, mimeType: "application/json" },
    accepts: [
      ...(charge ? [exactOffer(charge)] : []),
      ...offers.map((offer) => acceptedStream(offer, siwx.network)),
    ],
    extensions: { "sign-in-with-x": siwx.declare(resource) },
  };
  return Buffer.from(JSON.stringify(required)).toString("base64");
}

function acceptedStream({ method, request }: StreamOffer, network: string) {
  const { methodDetails } = request;
  return {
    scheme: "stream",
    network,
    amount: request.amount,
    // A token's address on a chain; the ledger's dollar has a symbol only.
    asset: method === "ledger" ? methodDetails.token : request.currency,
    payTo: request.recipient,
    maxTimeoutSeconds: 120,
    extra: {
      unit: "second",
      method,
      model: methodDetails.model,
      plan: methodDetails.plan,
      tier: methodDetails.tier,
      rate: methodDetails.rate,
      decimals: methodDetails.decimals,
      suggestedDeposit: request.suggestedDeposit,
      costPerRequest: methodDetails.costPerRequest,
      ...("agreement" in methodDetails ? { agreement: methodDetails.agreement, tag: methodDetails.tag } : {}),
    },
  };
}
