import { Errors } from "mppx";
import { getAddress, type Hex } from "viem";
import { z } from "zod";
import type { Authorization } from "./charge-authorization";
import type { ChargeTerms } from "./charge-terms";
import type { VerifyCharge } from "./verify-charge-signature";

/** How long a payer has to sign and we have to settle. */
const TIMEOUT_SECONDS = 120;

const uint = z.string().regex(/^(0|[1-9][0-9]{0,77})$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const word = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
/** Unknown members are ignored: extensions of clients. */
const paymentInput = z.object({
  x402Version: z.literal(2),
  accepted: z.object({
    scheme: z.string().max(64),
    network: z.string().max(64),
    asset: z.string().max(128),
    amount: uint,
    payTo: z.string().max(128),
  }),
  payload: z.object({
    /** By a key: 64 or 65 bytes; a smart account's own form is for its code to judge. */
    signature: z.string().regex(/^0x(?:[0-9a-fA-F]{2})+$/),
    authorization: z.object({
      from: address,
      to: address,
      value: uint,
      validAfter: uint,
      validBefore: uint,
      nonce: word,
    }),
  }),
});

/** The offer of one payment, as an entry of `accepts` (x402 v2, scheme `exact`, EIP-3009). */
export function exactOffer({ token, amount }: ChargeTerms) {
  return {
    scheme: "exact",
    network: `eip155:${token.chainId}`,
    amount: String(amount),
    asset: token.address,
    payTo: token.payTo,
    maxTimeoutSeconds: TIMEOUT_SECONDS,
    extra: { assetTransferMethod: "eip3009", name: token.name, version: token.version },
  };
}

/**
 * Reads and checks a `PAYMENT-SIGNATURE` against what this route asks for now: scheme, network, token, amount, recipient and the
 * signature. Nothing of it is believed because the client says so: `accepted` has to be our offer, and the signature has to be by `from`,
 * a key or an account with code, over exactly these values in the token's own domain.
 *
 * It binds no route: that is all that the stock client signs. What it buys is credit, once, with the provider that it is first shown to.
 *
 * @throws Errors.PaymentError `malformed-credential` or `verification-failed`; ProblemError as `verifySignature`
 */
export async function readExactPayment(
  header: string,
  terms: ChargeTerms,
  verifySignature: VerifyCharge,
): Promise<Authorization> {
  const { accepted, payload } = parse(header);
  const offer = exactOffer(terms);
  if (accepted.scheme !== offer.scheme) throw refused("this route takes the scheme exact only");
  if (accepted.network !== offer.network)
    throw refused(`the payment is for another chain than ${offer.network}`);
  if (!sameAddress(accepted.asset, offer.asset))
    throw refused("the payment is in another token than was asked for");
  if (!sameAddress(accepted.payTo, offer.payTo)) throw refused("the payment is for another recipient");
  const { authorization, signature } = payload;
  if (accepted.amount !== offer.amount || authorization.value !== offer.amount)
    throw refused(`the amount is not the ${offer.amount} base units that this route asks for`);
  if (!sameAddress(authorization.to, offer.payTo))
    throw refused("the authorisation is for another recipient");

  const words = {
    from: getAddress(authorization.from),
    to: getAddress(authorization.to),
    value: BigInt(authorization.value),
    validAfter: BigInt(authorization.validAfter),
    validBefore: BigInt(authorization.validBefore),
    nonce: authorization.nonce as Hex,
  };
  const signed = await verifySignature(terms.token, words, signature as Hex);
  if (!signed) throw refused("the signature is not by the payer");
  return signed;
}

/** The value of `PAYMENT-RESPONSE` once a payment was settled. */
export function exactReceipt(settled: {
  txHash: string;
  chainId: number;
  payer: string;
  amount: bigint;
}): string {
  const { txHash: transaction, chainId, payer, amount } = settled;
  const response = {
    success: true,
    transaction,
    network: `eip155:${chainId}`,
    payer,
    amount: String(amount),
  };
  return Buffer.from(JSON.stringify(response)).toString("base64");
}

function parse(header: string): z.infer<typeof paymentInput> {
  try {
    const text = Buffer.from(header, "base64").toString("utf8");
    return paymentInput.parse(JSON.parse(text));
  } catch {
    throw new Errors.MalformedCredentialError({
      reason: "PAYMENT-SIGNATURE is not a payment of x402 version 2",
    });
  }
}

function sameAddress(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function refused(reason: string): Errors.VerificationFailedError {
  return new Errors.VerificationFailedError({ reason });
}
