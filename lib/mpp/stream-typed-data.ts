/**
 * What a payer signs (EIP-712), one primary type an action, so that a wallet shows what is being agreed to and
 * a signature for one action can never serve as another. Each binds the challenge, the realm, the terms and the
 * expiry; `open` and `topUp` bind the amount that leaves the wallet.
 */
import { type Address, getAddress } from "viem";
import type { ChainProof, ChainRequest } from "./chain-methods";
import type { StreamPayload, StreamRequest } from "./ledger-method";

/** Without the signature itself, and without what only tells the server where to look. */
type Unsigned<T> = T extends unknown
  ? Omit<T, "signature" | "type" | "txHash" | "delegate" | "delegation">
  : never;

/** A credential's payload before it is signed. */
export type UnsignedPayload = Unsigned<StreamPayload> | Unsigned<ChainProof>;

export type SignableChallenge = {
  id: string;
  realm: string;
  expires?: string | undefined;
  request: StreamRequest | ChainRequest;
};

const terms = [
  { name: "payer", type: "address" },
  { name: "recipient", type: "address" },
  { name: "token", type: "string" },
  { name: "plan", type: "string" },
  { name: "tier", type: "string" },
  { name: "flowRate", type: "uint256" },
  { name: "realm", type: "string" },
  { name: "challengeId", type: "string" },
  { name: "expires", type: "uint64" },
] as const;

const streamTypes = {
  StreamProof: [...terms, { name: "streamId", type: "string" }],
  StreamOpen: [
    ...terms,
    { name: "deposit", type: "uint256" },
    { name: "autoTopUpTriggerMs", type: "uint256" },
    { name: "autoTopUpChunkMs", type: "uint256" },
    { name: "autoTopUpDailyMax", type: "uint256" },
    { name: "autoTopUpExpiresMs", type: "uint256" },
    { name: "operationKey", type: "string" },
  ],
  StreamTopUp: [
    ...terms,
    { name: "streamId", type: "string" },
    { name: "amount", type: "uint256" },
    { name: "operationKey", type: "string" },
  ],
  StreamClose: [...terms, { name: "streamId", type: "string" }],
} as const;

/** On a chain the token is an address, which the wallet can show by name. */
const onChain = (fields: readonly { name: string; type: string }[]) =>
  fields.map((field) => (field.name === "token" ? { ...field, type: "address" } : field));

type PrimaryType = keyof typeof streamTypes;

/**
 * @param challenge as it was received; `expires` (RFC 3339) is signed in whole Unix seconds, rounded down
 * @throws Error when the challenge has no expiry: an unbounded signature is never made
 */
export function streamTypedData(challenge: SignableChallenge, payload: UnsignedPayload) {
  const { request } = challenge;
  const expiresMs = challenge.expires === undefined ? Number.NaN : Date.parse(challenge.expires);
  if (!Number.isFinite(expiresMs))
    throw new Error("The challenge has no expiry, so nothing is signed for it.");

  const bound = {
    payer: getAddress(payload.payer),
    recipient: getAddress(request.recipient),
    token: isOnChain(request) ? getAddress(request.currency) : request.methodDetails.token,
    plan: request.methodDetails.plan,
    tier: request.methodDetails.tier,
    flowRate: BigInt(request.amount),
    realm: challenge.realm,
    challengeId: challenge.id,
    expires: BigInt(Math.floor(expiresMs / 1000)),
  };
  const { primaryType, message } = actionMessage(payload);
  const fields = [...streamTypes[primaryType]];
  return {
    domain: streamDomain(request),
    // One type only: viem and wallets hash and show exactly the struct that is signed.
    types: { [primaryType]: isOnChain(request) ? onChain(fields) : fields },
    primaryType,
    message: { ...bound, ...message },
  };
}

/** On a chain, what the stream stands on is part of the domain: a proof for one contract is none for another. */
function streamDomain(request: StreamRequest | ChainRequest) {
  const domain = { name: "MPP Stream", version: "1", chainId: request.methodDetails.chainId };
  if (!isOnChain(request)) return domain;
  const verifyingContract: Address = getAddress(request.methodDetails.agreement);
  return { ...domain, verifyingContract };
}

function isOnChain(request: StreamRequest | ChainRequest): request is ChainRequest {
  return request.methodDetails.model !== "ledger-v1";
}

function actionMessage(payload: UnsignedPayload): {
  primaryType: PrimaryType;
  message: Record<string, unknown>;
} {
  switch (payload.action) {
    case "prove":
      return { primaryType: "StreamProof", message: { streamId: payload.streamId ?? "" } };
    case "open":
      return {
        primaryType: "StreamOpen",
        message: {
          deposit: BigInt(payload.deposit),
          // Zeros say "no standing order": each is at least 1 in a real one.
          autoTopUpTriggerMs: BigInt(payload.autoTopUp?.triggerMs ?? 0),
          autoTopUpChunkMs: BigInt(payload.autoTopUp?.chunkMs ?? 0),
          autoTopUpDailyMax: BigInt(payload.autoTopUp?.dailyMax ?? 0),
          autoTopUpExpiresMs: BigInt(payload.autoTopUp?.expiresMs ?? 0),
          operationKey: payload.operationKey ?? "",
        },
      };
    case "topUp":
      return {
        primaryType: "StreamTopUp",
        message: {
          streamId: payload.streamId,
          amount: BigInt(payload.amount),
          operationKey: payload.operationKey ?? "",
        },
      };
    case "close":
      return { primaryType: "StreamClose", message: { streamId: payload.streamId } };
  }
}
