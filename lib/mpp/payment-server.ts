import "server-only";
import { randomBytes } from "node:crypto";
import { Challenge, Credential, Errors, Method } from "mppx";
import { Mppx } from "mppx/server/core";
import { ProblemError } from "@/lib/errors";
import type { ShownDelegation } from "@/lib/streams/authorize-request";
import {
  type ChainNextAction,
  type ChainPayload,
  type ChainProof,
  streampayMethod,
  superfluidMethod,
} from "./chain-methods";
import { deriveKey, type Secrets } from "./derive-keys";
import { ledgerMethod, type NextAction, pricedFields, type StreamPayload } from "./ledger-method";
import type { StreamMethod, StreamOffer } from "./stream-offers";
import type { SignableChallenge } from "./stream-typed-data";
import { shownDelegation, type VerifySignature } from "./verify-stream-signature";

/** How long a challenge can be answered. mppx would give 5 minutes. */
const CHALLENGE_TTL_MS = 120_000;
/** A used challenge is remembered a little longer than it lives, against clocks that differ. */
const CLAIM_MARGIN_MS = 60_000n;

/** What helps next, per method: a hint inside its challenge. */
export type Hints = { next?: NextAction | ChainNextAction; streamId?: string; minimumTopUp?: string };
export type HintsFor = (method: StreamMethod) => Hints;
/** `header`: all challenges, as one value of `WWW-Authenticate`; `id` is the first one's. */
export type IssuedChallenge = { id: string; header: string; expires: string };
export type VerifiedCredential = {
  method: StreamMethod;
  payer: string;
  payload: StreamPayload | ChainProof;
  claim: { kind: "challenge"; id: string; expiresMs: bigint };
  /** Set when the payer's delegate signed. */
  delegation: ShownDelegation | null;
};

/**
 * Issues and checks challenges with mppx, for all methods of the intent `stream` alike. It keeps no state: a challenge is bound by
 * HMAC to the realm, the method, the terms and the scope (method, path, query and body), and using it up is left to the ledger's
 * transaction.
 *
 * mppx knows one secret, so during a rotation there are two servers: the new one issues, both check.
 */
export function createPaymentServer(options: {
  realm: string;
  secrets: Secrets;
  verifySignature: VerifySignature;
  now?: () => number;
}) {
  const { realm, verifySignature, now = Date.now } = options;
  const [newest, ...older] = options.secrets;
  const current = createServer(realm, newest, verifySignature);
  const servers = [current, ...older.map((secret) => createServer(realm, secret, verifySignature))];

  /** One challenge an offer, in their order. */
  async function issue(
    offers: readonly StreamOffer[],
    scope: string,
    hintsFor: HintsFor = () => ({}),
  ): Promise<IssuedChallenge> {
    const expires = new Date(now() + CHALLENGE_TTL_MS).toISOString();
    const challenges = await Promise.all(
      offers.map(({ method, request: { methodDetails, ...priced } }) =>
        challenger(
          current,
          method,
        )({
          ...priced,
          methodDetails: {
            ...methodDetails,
            nonce: randomBytes(16).toString("base64url"),
            ...hintsFor(method),
          },
          description: `${methodDetails.plan}, tier ${methodDetails.tier}`,
          expires,
          scope,
        }),
      ),
    );
    const [first] = challenges;
    if (!first) throw new Error("A challenge without an offer.");
    return {
      id: first.id,
      header: challenges.map((challenge) => Challenge.serialize(challenge)).join(", "),
      expires,
    };
  }

  /**
   * Checks one credential against what this route would ask for now. Nothing is used up and nothing is charged.
   *
   * @throws Errors.PaymentError of mppx: malformed, unknown challenge, other route, expired, bad payload, bad signature
   * @throws ProblemError `stream-on-chain` for what only a transaction can do, `stream/verification-unavailable` while the chain is away
   */
  async function verify(
    header: string,
    offers: readonly StreamOffer[],
    scope: string,
  ): Promise<VerifiedCredential> {
    const credential = Credential.deserialize(header);
    const offer = offers.find(({ method }) => method === credential.challenge.method);
    if (!offer)
      throw new Errors.InvalidChallengeError({
        id: credential.challenge.id,
        reason: `this route does not take ${credential.challenge.method}`,
      });
    const { methodDetails, ...priced } = offer.request;
    // The nonce is not compared (see pricedFields): the schema only wants one.
    const request = { ...priced, methodDetails: { ...methodDetails, nonce: "compared-by-hmac-only" } };
    const { challenge, credential: parsed } = await firstThatIssued(servers, (server) =>
      server.validateCredential(credential, { realm, request, scope }),
    );
    const payload = parsed.payload as StreamPayload | ChainProof;
    const shown = shownDelegation({ realm, chainId: methodDetails.chainId }, payload);
    return {
      delegation: shown && {
        nonce: BigInt(shown.nonce),
        delegate: shown.delegate.toLowerCase(),
        realm: shown.realm,
        maxFlowRate: BigInt(shown.maxFlowRate),
        notAfterMs: BigInt(shown.notAfter) * 1000n,
        signature: shown.signature,
      },
      method: offer.method,
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

function createServer(realm: string, secret: string, verifySignature: VerifySignature) {
  const secretKey = Buffer.from(deriveKey(secret, "challenge")).toString("hex");
  return Mppx.create({
    realm,
    secretKey,
    methods: [
      streamServer(ledgerMethod, verifySignature),
      streamServer(superfluidMethod, verifySignature),
      streamServer(streampayMethod, verifySignature),
    ],
  });
}

type Server = ReturnType<typeof createServer>;

type Definition = typeof ledgerMethod | typeof superfluidMethod | typeof streampayMethod;

/** What a method of ours does with a credential: the same for every rail. */
function streamServer<M extends Definition>(definition: M, verifySignature: VerifySignature) {
  const method: StreamMethod = definition.name;
  const hooks = {
    stableBinding: pricedFields,
    async validate({ credential, request }: Checked) {
      const { challenge, payload } = credential;
      if (method !== "ledger" && payload.action !== "prove") throw onChainOnly(payload.action);
      if (!(await verifySignature(method, challenge, payload as StreamPayload | ChainProof)))
        throw new Errors.VerificationFailedError({ reason: "the signature is not by the payer" });
      return {
        challenge,
        credential,
        details: { payer: payload.payer },
        intent: "stream",
        method,
        request: { ...challenge.request, ...request },
      };
    },
    /** The door checks with `validate` and charges in the ledger's own transaction, never through mppx. */
    async broadcast(): Promise<never> {
      throw new Error("A stream is charged by the ledger.");
    },
  };
  // mppx wants one type a method; the three differ in their requests alone, which the hooks only pass on.
  return Method.toServer(definition, hooks as unknown as Method.toServer.Options<M>);
}

type Checked = {
  credential: { challenge: SignableChallenge; payload: StreamPayload | ChainPayload };
  request: object;
};

function onChainOnly(action: "open" | "topUp" | "close"): ProblemError {
  const done = { open: "opened", topUp: "topped up", close: "closed" }[action];
  return new ProblemError(
    "stream-on-chain",
    `A stream on a chain is ${done} by a transaction of its sender. Send that, then prove the stream.`,
  );
}

/** mppx types each method's options on its own; the offer's type has said already that method and request belong together. */
function challenger(server: Server, method: StreamMethod) {
  return server.challenge[method].stream as (options: object) => Promise<Challenge.Challenge>;
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
