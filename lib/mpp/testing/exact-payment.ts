import { type Address, type Hex, toHex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { authorizationTypes } from "../charge-authorization";

/** An entry of `accepts` with scheme `exact`, as a client of x402 meets it. */
export type ExactOffer = {
  scheme: string;
  network: string;
  amount: string;
  asset: Address;
  payTo: Address;
  extra: Record<string, unknown>;
};

/** What a test signs instead of what was asked for. Times in Unix seconds. */
export type Signing = Partial<{
  value: bigint;
  to: Address;
  from: Address;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
  chainId: number;
  verifyingContract: Address;
  version: string;
}>;

/** The `PAYMENT-SIGNATURE` that a client of x402 would send for `offer`, but for what a test bends in the signed words or in the offer it says to accept. */
export async function exactPayment(
  payer: PrivateKeyAccount,
  offer: ExactOffer,
  bend: Signing = {},
  accepted: Partial<ExactOffer> = {},
): Promise<string> {
  const now = BigInt(Math.floor(Date.now() / 1000));
  const message = {
    from: bend.from ?? payer.address,
    to: bend.to ?? offer.payTo,
    value: bend.value ?? BigInt(offer.amount),
    validAfter: bend.validAfter ?? now - 600n,
    validBefore: bend.validBefore ?? now + 600n,
    nonce: bend.nonce ?? toHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  const signature = await payer.signTypedData({
    domain: {
      ...{ name: "USD Coin", version: bend.version ?? "2", chainId: bend.chainId ?? 31_337 },
      verifyingContract: bend.verifyingContract ?? offer.asset,
    },
    ...{ types: authorizationTypes, primaryType: "TransferWithAuthorization", message },
  });
  const authorization = Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, String(value)]),
  );
  const payment = {
    x402Version: 2,
    accepted: { ...offer, ...accepted },
    payload: { signature, authorization },
  };
  return Buffer.from(JSON.stringify(payment)).toString("base64");
}
