import "server-only";
import { Challenge, type Credential, Errors } from "mppx";
import { evm } from "mppx/evm/server";
import { Mppx } from "mppx/server/core";
import {
  type Address,
  formatUnits,
  getAddress,
  type Hex,
  isAddressEqual,
  keccak256,
  stringToHex,
} from "viem";
import type { Authorization, AuthorizationWords } from "./charge-authorization";
import type { ChargeTerms } from "./charge-terms";
import type { ChargeToken } from "./charge-token";
import { deriveKey, type Secrets } from "./derive-keys";
import type { VerifyCharge } from "./verify-charge-signature";

/** How long a challenge can be answered: the stock client makes its authorisation end with it. */
const CHALLENGE_TTL_MS = 120_000;

/**
 * Issues and checks challenges of `evm/charge`, with mppx's own method, under the same keys as those for streams. mppx checks the HMAC,
 * the route (scope), its terms and its expiry; what was signed is checked here, because mppx knows keys alone. Nothing is settled: that is
 * `settle-charge.ts`.
 */
export function createChargeServer(options: {
  realm: string;
  secrets: Secrets;
  verifySignature: VerifyCharge;
  now?: () => number;
}) {
  const { realm, secrets, verifySignature, now = Date.now } = options;
  const opened = new Map<Address, Server[]>();

  function serversFor(token: ChargeToken): Server[] {
    const known = opened.get(token.address);
    if (known) return known;
    const servers = secrets.map((secret) => createServer(realm, secret, token));
    opened.set(token.address, servers);
    return servers;
  }

  async function issue(
    terms: ChargeTerms,
    scope: string,
  ): Promise<{ id: string; header: string; expires: string }> {
    const expires = new Date(now() + CHALLENGE_TTL_MS).toISOString();
    const [newest] = serversFor(terms.token);
    if (!newest) throw new Error("A server without a secret.");
    const challenge = await newest.challenge.evm.charge({
      ...asked(terms),
      description: terms.description,
      expires,
      scope,
    });
    return { id: challenge.id, header: Challenge.serialize(challenge), expires };
  }

  /** @throws Errors.PaymentError of mppx: unknown challenge, other route, expired, other amount, bad signature */
  async function verify(
    credential: Credential.Credential,
    terms: ChargeTerms,
    scope: string,
  ): Promise<Authorization> {
    let refusal: unknown;
    for (const server of serversFor(terms.token)) {
      try {
        const { credential: checked } = await server.validateCredential(credential, {
          realm,
          request: asked(terms),
          scope,
        });
        return await readPayload(checked, terms);
      } catch (error) {
        refusal = error; // An older secret may know it.
        if (!(error instanceof Errors.InvalidChallengeError)) throw error;
      }
    }
    throw refusal;
  }

  /** What mppx's own method checks of an authorisation, but that accounts with code can sign too. */
  async function readPayload(
    { challenge, payload, source }: Credential.Credential,
    { token, amount }: ChargeTerms,
  ): Promise<Authorization> {
    const shown = payload as Payload;
    if (!isAddressEqual(shown.to, token.payTo)) throw refused("the authorisation is for another recipient");
    if (shown.value !== String(amount)) throw refused(`the amount is not the ${amount} base units asked for`);
    if (shown.nonce.toLowerCase() !== keccak256(stringToHex(`${challenge.id}${challenge.realm}`)))
      throw refused("the authorisation is for another challenge");
    const words = wordsOf(shown);
    const did = `did:pkh:eip155:${token.chainId}:${words.from}`;
    if (source && source.toLowerCase() !== did.toLowerCase()) throw refused("the source is not the payer");
    const signed = await verifySignature(token, words, shown.signature);
    if (!signed) throw refused("the signature is not by the payer");
    return signed;
  }

  return { issue, verify };
}

export type ChargeServer = ReturnType<typeof createChargeServer>;
type Server = ReturnType<typeof createServer>;

function createServer(realm: string, secret: string, token: ChargeToken) {
  const { address, chainId, payTo, name, version, asset } = token;
  const charge = evm.charge({
    currency: address,
    recipient: payTo,
    chainId,
    decimals: asset.decimals,
    authorization: { name, version },
    async settle(): Promise<never> {
      throw new Error("A payment is settled by the outbox.");
    },
  });
  // Its own takes signatures of keys alone; `readPayload` is in its place.
  const validate: typeof charge.validate = async ({ credential }) => ({
    ...{ credential, challenge: credential.challenge, request: credential.challenge.request },
    ...{ intent: charge.intent, method: charge.name, details: null },
  });
  const secretKey = Buffer.from(deriveKey(secret, "challenge")).toString("hex");
  return Mppx.create({ realm, secretKey, methods: [{ ...charge, validate }] });
}

/** mppx takes what is displayed, and scales it itself. */
function asked({ token, amount }: ChargeTerms) {
  const { address, chainId, payTo, asset } = token;
  return {
    amount: formatUnits(amount, asset.decimals),
    currency: address,
    recipient: payTo,
    chainId,
    decimals: asset.decimals,
  };
}

type Payload = Record<"from" | "to", Address> &
  Record<"nonce" | "signature", Hex> &
  Record<"value" | "validAfter" | "validBefore", string>;

function wordsOf({ from, to, nonce, value, validAfter, validBefore }: Payload): AuthorizationWords {
  return {
    ...{ from: getAddress(from), to: getAddress(to), nonce },
    value: BigInt(value),
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
  };
}

function refused(reason: string): Errors.VerificationFailedError {
  return new Errors.VerificationFailedError({ reason });
}
