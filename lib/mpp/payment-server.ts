import "server-only";
import { randomBytes } from "node:crypto";
import { Challenge, Errors, Method } from "mppx";
import { Mppx } from "mppx/server/core";
import { deriveKey, type Secrets } from "./derive-keys";
import { ledgerMethod, type NextAction, pricedFields, type StreamPayload } from "./ledger-method";
import type { StreamTerms } from "./stream-terms";
import { verifyStreamSignature } from "./verify-stream-signature";

/** How long a challenge can be answered. mppx would give 5 minutes. */
const CHALLENGE_TTL_MS = 120_000;
/** A used challenge is remembered a little longer than it lives, against clocks that differ. */
const CLAIM_MARGIN_MS = 60_000n;

export type Hints = { next?: NextAction; streamId?: string; minimumTopUp?: string };
export type IssuedChallenge = { id: string; header: string; expires: string };
export type VerifiedCredential = {
  payer: string;
  payload: StreamPayload;
  claim: { kind: "challenge"; id: string; expiresMs: bigint };
};

/**
 * Issues and checks challenges with mppx. It keeps no state: a challenge is bound by HMAC to the realm, the terms and the
 * scope (method, path, query and body), and using it up is left to the ledger's transaction.
 *
 * mppx knows one secret, so during a rotation there are two servers: the new one issues, both check.
 */
export function createPaymentServer(options: { realm: string; secrets: Secrets; now?: () => number }) {
  const { realm, now = Date.now } = options;
  const [newest, ...older] = options.secrets;
  const current = createServer(realm, newest);
  const servers = [current, ...older.map((secret) => createServer(realm, secret))];

  async function issue(terms: StreamTerms, scope: string, hints: Hints = {}): Promise<IssuedChallenge> {
    const expires = new Date(now() + CHALLENGE_TTL_MS).toISOString();
    const { methodDetails, ...priced } = terms;
    const challenge = await current.challenge.ledger.stream({
      ...priced,
      methodDetails: { ...methodDetails, nonce: randomBytes(16).toString("base64url"), ...hints },
      description: `${methodDetails.plan}, tier ${methodDetails.tier}`,
      expires,
      scope,
    });
    return { id: challenge.id, header: Challenge.serialize(challenge), expires };
  }

  /**
   * Checks one credential against what this route would ask for now. Nothing is used up and nothing is charged.
   *
   * @throws Errors.PaymentError of mppx: malformed, unknown challenge, other route, expired, bad payload, bad signature
   */
  async function verify(credential: string, terms: StreamTerms, scope: string): Promise<VerifiedCredential> {
    const { methodDetails, ...priced } = terms;
    // The nonce is not compared (see pricedFields): the schema only wants one.
    const request = { ...priced, methodDetails: { ...methodDetails, nonce: "compared-by-hmac-only" } };
    const { challenge, credential: parsed } = await firstThatIssued(servers, (server) =>
      server.validateCredential(credential, { realm, request, scope }),
    );
    const payload = parsed.payload as StreamPayload;
    return {
      payer: payload.payer.toLowerCase(),
      payload,
      claim: {
        kind: "challenge",
        id: challenge.id,
        // `validateCredential` has refused a challenge without an expiry.
        expiresMs: BigInt(Date.parse(challenge.expires ?? "")) + CLAIM_MARGIN_MS,
      },
    };
  }

  return { issue, verify };
}

export type PaymentServer = ReturnType<typeof createPaymentServer>;

function createServer(realm: string, secret: string) {
  const secretKey = Buffer.from(deriveKey(secret, "challenge")).toString("hex");
  const ledger = Method.toServer(ledgerMethod, {
    stableBinding: pricedFields,
    async validate({ credential, request }) {
      const { challenge, payload } = credential;
      if (!(await verifyStreamSignature(challenge, payload)))
        throw new Errors.VerificationFailedError({ reason: "the signature is not by the payer" });
      return {
        challenge,
        credential,
        details: { payer: payload.payer },
        intent: "stream",
        method: "ledger",
        request: { ...challenge.request, ...request },
      };
    },
    /** The door checks with `validate` and charges in the ledger's own transaction, never through mppx. */
    async broadcast() {
      throw new Error("A stream is charged by the ledger.");
    },
  });
  return Mppx.create({ realm, secretKey, methods: [ledger] });
}

/** Tries the newest secret first. Only "not issued by this server" says that an older one may know it. */
async function firstThatIssued<S, T>(servers: readonly S[], verify: (server: S) => Promise<T>): Promise<T> {
  let refusal: unknown;
  for (const server of servers) {
    try {
      return await verify(server);
    } catch (error) {
      refusal = error;
      if (!(error instanceof Errors.InvalidChallengeError)) throw error;
    }
  }
  throw refusal;
}
