import "server-only";
import {
  type Address,
  BaseError,
  domainSeparator,
  encodeEventTopics,
  getAddress,
  type Hex,
  hashTypedData,
} from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { decodeError } from "@/lib/chain/decode-error";
import type { ChainClient } from "@/lib/chain/public-client";
import { verifyAccountSignature } from "@/lib/chain/verify-account-signature";
import type { Rate } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { ExpectedLog } from "@/lib/outbox/intent";
import { type DollarToken, dollarTokens } from "../chain-assets";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import type { TokenDomain } from "../erc20-calls";
import { escrowDeposit } from "./escrow-deposit";
import { authorizationTypedData, createNonce } from "./streampay-authorization";
import { createWithAuthorizationCall } from "./streampay-calls";
import type { EscrowTerms, StreamPayPlace } from "./token-stream";

/** A block may come after this long; what ends before is not begun. */
const MARGIN_SECONDS = 10n;

/** What a payer signed so that somebody else opens the stream. `rate` is the tier's, in the ledger's dollar. */
export type SignedOpening = {
  receiver: Address;
  tag: bigint;
  rate: Rate;
  durationMs: bigint;
  /** What the payer signed for, base units of the token: has to be what the price comes to. */
  deposit: bigint;
  payer: Address;
  salt: Hex;
  /** Seconds of the chain. */
  validAfter: bigint;
  validBefore: bigint;
  signature: Hex;
};

/** `nonce`: of `StreamPay.createNonce`, which stands for every term. */
export type OpeningTerms = { nonce: Hex; at: StreamPayPlace; escrow: EscrowTerms; token: DollarToken };

/** @throws ProblemError `not-available-here` without a token, `invalid-input` when the deposit is not what the price comes to */
export function openingTerms(place: ChainPlace, streamPay: Address, opening: SignedOpening): OpeningTerms {
  const { network } = place;
  const wrappers = new Set(network.superTokens.map(({ address }) => address.toLowerCase()));
  const tokens = dollarTokens(network);
  const token = tokens.find(({ address }) => !wrappers.has(address)) ?? tokens[0];
  if (!token) throw new ProblemError("not-available-here", "No dollar of this network is known here.");
  const { amount, durationSeconds } = escrowDeposit(opening.rate, opening.durationMs, token.worth);
  if (amount !== opening.deposit)
    throw new ProblemError(
      "invalid-input",
      `The deposit for that time is ${amount} base units: sign for that.`,
      {
        extensions: { deposit: String(amount) },
      },
    );
  const at = { streamPay, token: { ...token, address: getAddress(token.address) } };
  const escrow = { recipient: opening.receiver, amount, durationSeconds, tag: opening.tag };
  const { payer: sender, salt } = opening;
  return { at, escrow, token, nonce: createNonce(at, escrow, { chainId: network.chainId, sender, salt }) };
}

/**
 * Everything that the chain would refuse later, said before anything is written: the signature (of a key or of a smart account), the
 * time, the money, and the whole call as it will be sent.
 *
 * @throws ProblemError `invalid-signature`, `insufficient-balance`, `invalid-input` (expired, used, or refused by the contract), `unavailable`
 */
export async function checkOpening(
  place: ChainPlace,
  opening: SignedOpening,
  { nonce, at, escrow }: OpeningTerms,
  relayer: Address,
): Promise<{ call: ChainCall; expected: ExpectedLog }> {
  const client = await place.client();
  const { payer, validAfter, validBefore, signature, salt } = opening;
  const contract = { address: at.token.address, abi: testUsdcAbi } as const;
  const [domain, used, balance, { timestamp }] = await Promise.all([
    readDomain(client, at.token.address),
    client.readContract({ ...contract, functionName: "authorizationState", args: [payer, nonce] }),
    client.readContract({ ...contract, functionName: "balanceOf", args: [payer] }),
    client.getBlock({ blockTag: "latest" }),
  ]);
  const window = { validAfter, validBefore };
  const message = { from: payer, to: at.streamPay, value: escrow.amount, ...window, nonce };
  const hash = hashTypedData(authorizationTypedData(domain, message));
  const rules = { client: place.client, order: "code-first", factories: [] } as const;
  if (!(await verifyAccountSignature({ address: payer, hash, signature }, rules)))
    throw new ProblemError("invalid-signature", "The payer did not sign these terms.");
  if (used) throw new ProblemError("invalid-input", "The authorisation was used or cancelled on the chain.");
  if (validAfter >= timestamp + MARGIN_SECONDS)
    throw new ProblemError("invalid-input", "The authorisation is not valid yet.");
  if (validBefore <= timestamp + MARGIN_SECONDS)
    throw new ProblemError(
      "invalid-input",
      "The authorisation has expired, or will before a block takes it.",
    );
  if (balance < escrow.amount)
    throw new ProblemError("insufficient-balance", "The payer does not have that much. Nothing was moved.", {
      extensions: { available: String(balance), required: String(escrow.amount) },
    });

  const call = createWithAuthorizationCall(at, escrow, {
    sender: payer,
    salt,
    signed: { ...window, signature },
  });
  await client.call({ account: relayer, to: call.to, data: call.data }).catch((error: unknown) => {
    if (!(error instanceof BaseError)) throw error;
    const { kind, sentence } = decodeError(error);
    throw new ProblemError(kind === "contract" ? "invalid-input" : "unavailable", sentence, { cause: error });
  });
  return { call, expected: authorizationUsed(at.token.address, payer, nonce) };
}

/** What the token says once it has used the authorisation, in the same transaction as the opening. */
function authorizationUsed(address: Address, authorizer: Address, nonce: Hex): ExpectedLog {
  const topics = encodeEventTopics({
    abi: testUsdcAbi,
    eventName: "AuthorizationUsed",
    args: { authorizer, nonce },
  });
  return { address, topics: topics.map((topic) => (typeof topic === "string" ? topic : null)), data: "0x" };
}

/** @throws ProblemError `not-available-here` when the token signs in another way than we know */
async function readDomain(client: ChainClient, address: Address): Promise<TokenDomain> {
  const of = { address, abi: testUsdcAbi } as const;
  const [name, version, separator] = await Promise.all([
    client.readContract({ ...of, functionName: "name" }),
    client.readContract({ ...of, functionName: "version" }).catch(() => "1"),
    client.readContract({ ...of, functionName: "DOMAIN_SEPARATOR" }).catch(() => null),
  ]);
  const domain = { name, version, chainId: client.chain.id, verifyingContract: address };
  if (separator !== domainSeparator({ domain }))
    throw new ProblemError(
      "not-available-here",
      "The token takes no authorisations that we know how to sign.",
    );
  return domain;
}
