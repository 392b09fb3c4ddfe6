import type { SignInWithX } from "./sign-in-with-x";
import type { StreamTerms } from "./stream-terms";

/**
 * The value of `PAYMENT-REQUIRED` (x402 v2, base64 JSON): the stream as an offer, and how to sign in with an open one.
 * The scheme `stream` is ours; clients that do not know it skip the offer and still see the sign-in.
 */
export function x402Offer(
  resource: string,
  description: string,
  terms: StreamTerms,
  siwx: SignInWithX,
): string {
  const { methodDetails } = terms;
  const required = {
    x402Version: 2,
    error: "Payment required",
    resource: { url: resource, description, mimeType: "application/json" },
    accepts: [
      {
        scheme: "stream",
        network: siwx.network,
        amount: terms.amount,
        asset: methodDetails.token,
        payTo: terms.recipient,
        maxTimeoutSeconds: 120,
        extra: {
          unit: "second",
          model: methodDetails.model,
          plan: methodDetails.plan,
          tier: methodDetails.tier,
          rate: methodDetails.rate,
          decimals: methodDetails.decimals,
          suggestedDeposit: terms.suggestedDeposit,
          costPerRequest: methodDetails.costPerRequest,
        },
      },
    ],
    extensions: { "sign-in-with-x": siwx.declare(resource) },
  };
  return Buffer.from(JSON.stringify(required)).toString("base64");
}
