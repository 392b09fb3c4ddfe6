import "server-only";
import { Challenge, type Credential, Errors } from "mppx";
import { evm } from "mppx/evm/server";
import { Mppx } from "mppx/server/core";
import { type Address, formatUnits, type Hex } from "viem";
import type { Authorization } from "./charge-authorization";
import type { ChargeTerms } from "./charge-terms";
import type { ChargeToken } from "./charge-token";
import { deriveKey, type Secrets } from "./derive-keys";

/** How long a challenge can be answered: the stock client makes its authorisation end with it. */
const CHALLENGE_TTL_MS = 120_000;

/**
 * Issues and checks challenges of `evm/charge`, with mppx's own method, under the same keys as those for streams. mppx checks the HMAC,
 * the route (scope), the amount, token and recipient, that the authorisation's nonce is this challenge, and the signature. It settles
 * nothing: that is `settle-charge.ts`.
 */
export function createChargeServer(options: { realm: string; secrets: Secrets; now?: () => number }) {
  const { realm, secrets, now = Date.now } = options;
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
        return toAuthorization(checked.payload as Payload);
      } catch (error) {
        refusal = error; // An older secret may know it.
        if (!(error instanceof Errors.InvalidChallengeError)) throw error;
      }
    }
    throw refusal;
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
  const secretKey = Buffer.from(deriveKey(secret, "challenge")).toString("hex");
  return Mppx.create({ realm, secretKey, methods: [charge] });
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

function toAuthorization({
  from,
  to,
  nonce,
  signature,
  value,
  validAfter,
  validBefore,
}: Payload): Authorization {
  return {
    ...{ from, to, nonce, signature },
    value: BigInt(value),
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
  };
}
