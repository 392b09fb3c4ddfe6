import "server-only";
import { Errors } from "mppx";
import { type Extensions, type ProblemCode, problems } from "@/lib/errors";
import { acceptPayment } from "./accept-payment";
import { type ChargeDesk, chargeTermsOf } from "./charge-call";
import type { DoorCall } from "./door-call";
import { doorProblem } from "./door-problem";
import type { PaymentServer } from "./payment-server";
import { type Denied, hintsFor, type Repair, repairByProving, repairDenial, tierMembers } from "./repair";
import type { SignInWithX } from "./sign-in-with-x";
import type { StreamOffer } from "./stream-offers";
import { x402Offer } from "./x402-offer";

type Refusal = {
  type: string;
  code: string;
  title: string;
  status: number;
  detail: string;
  members: Extensions;
};

/** What each denial says to a person. The first three are the words of the reference protocol. */
const details: Partial<Record<ProblemCode, string>> = {
  "stream/not-found": "Stream not found",
  "stream/terminated": "Stream terminated",
  "stream/deposit-exhausted": "Deposit exhausted — top up required",
  "stream/delegation-invalid":
    "The proof is by a delegate, and what its payer signed for it does not allow this call.",
  "stream/pending":
    "The transaction is seen, but its stream is not confirmed yet: wait, prove again, do not open another one.",
  "stream/paused": "The stream is paused: resume it to be served.",
  "stream/flow-rate-insufficient": "The stream is slower than the tier asks for.",
  "stream/price-needs-ledger":
    "This call has a price of its own, which a stream on a chain cannot pay: use one on the ledger.",
  "stream/verification-unavailable":
    "The chain of the stream cannot be read at the moment. Nothing was charged.",
  "stream/rate-limited": "The tier's requests of this hour are used up.",
  "idempotency-conflict": "The idempotency key was used for another request.",
  "request-in-progress": "The same request is still running.",
};

/** Of a flow that is there, but buys nothing. */
const UNNAMED_FLOW =
  "A flow of yours to this provider runs, but pays for none of its services: it is slower than their prices, or does not say for which of several it is. Stop it or change it before you open another one.";

/** Codes of the protocol itself keep its own problem types, so that any client knows them. */
const CORE = "https://paymentauth.org/problems/";

/** Writes the answers of the door that are not an answer of the provider. */
export function createRefusals(tools: {
  origin: string;
  payments: PaymentServer;
  siwx: SignInWithX;
  /** Null: a stream is the only way to pay. */
  desk?: ChargeDesk | null;
}) {
  const { origin } = tools;

  /** 402 for someone who showed nothing, or a session token that no longer holds. */
  function unpaid(call: DoorCall, sessionLost: boolean): Promise<Response> {
    const detail = sessionLost
      ? "The session token is unknown, expired or revoked: answer the new challenge."
      : "This call is paid by a stream: answer the challenge in WWW-Authenticate.";
    const { members, hints } = repairByProving({ origin, door: call.door, tier: call.tier }, sessionLost);
    return challenge(call, core("payment-required", "Payment Required", detail), {
      members: { ...members, sessionLost },
      hints,
    });
  }

  /** 402 for a credential that mppx refuses. Anything that is not its refusal is thrown on. */
  function badCredential(call: DoorCall, error: unknown): Promise<Response> {
    if (!(error instanceof Errors.PaymentError)) {
      // mppx throws plain errors for what it cannot decode.
      if (!isUnreadable(error)) throw error;
      const detail = "The credential cannot be read.";
      return challenge(call, core("malformed-credential", "Malformed Credential", detail));
    }
    const code = error.type.slice(CORE.length);
    return challenge(call, core(code, error.title, error.message, error.status));
  }

  function badSignIn(call: DoorCall): Promise<Response> {
    const detail = "The signed message does not hold for this resource: sign the new one.";
    return challenge(call, core("verification-failed", "Verification Failed", detail));
  }

  /** What the ledger denied: with a challenge when paying changes the answer, without one when only waiting does. */
  async function denied(call: DoorCall, denial: Denied): Promise<Response> {
    if (denial.code === "stream/session-invalid") return unpaid(call, true);
    if (denial.code === "invalid-challenge") {
      const detail = "The challenge was used already: answer the new one.";
      return challenge(call, core("invalid-challenge", "Invalid Challenge", detail));
    }
    const { title, status } = problems[denial.code];
    const repair = repairDenial(denial, { origin, door: call.door, tier: call.tier });
    const refusal: Refusal = {
      type: `${origin}/problems/${denial.code}`,
      code: denial.code,
      title,
      status,
      detail: denial.extensions.unnamedFlowRate ? UNNAMED_FLOW : (details[denial.code] ?? title),
      members: denial.extensions,
    };
    return status === 402
      ? challenge(call, refusal, repair)
      : doorProblem({ ...refusal.members, ...repair.members, ...withoutMembers(refusal) });
  }

  /** 402 for a wallet that cannot pay what was signed: the payer has to fund it first. */
  function insufficientBalance(call: DoorCall, detail: string, extensions: Extensions): Promise<Response> {
    const walletUrl = `${origin}/api/v1/wallet`;
    const refusal = core("payment-insufficient", "Payment Insufficient", detail);
    return challenge(call, refusal, { members: { ...extensions, walletUrl }, hints: { next: "fund" } });
  }

  async function challenge(
    call: DoorCall,
    refusal: Refusal,
    repair: Repair = { members: {}, hints: {} },
  ): Promise<Response> {
    const { desk = null, payments, siwx } = tools;
    const charge = desk && (await chargeTermsOf(call, desk));
    const single = charge ? [{ method: "evm" as const, intent: "charge" }] : [];
    const liked = acceptPayment<Liked>(call.credentials.accepts, [...call.offers, ...single]);
    const streams = liked.filter((offer) => offer.method !== "evm");
    const issued = [
      ...(streams.length > 0 ? [await payments.issue(streams, call.binding.scope, hintsFor(repair))] : []),
      ...(charge && streams.length < liked.length
        ? [await desk.server.issue(charge, call.binding.scope)]
        : []),
    ];
    const [first] = issued;
    if (!first) throw new Error("A refusal without a challenge.");
    const { id, expires } = first;
    const body = {
      ...withoutMembers(refusal), // First for readers, and again last: no member may replace what it says.
      ...refusal.members,
      ...repair.members,
      provider: { id: call.door.provider.id, name: call.door.provider.name },
      service: call.service.slug,
      tier: call.tier.name,
      tiers: tierMembers(call.door),
      challengeId: id,
      challengeExpires: expires,
      ...withoutMembers(refusal),
    };
    return doorProblem(body, {
      "WWW-Authenticate": issued.map(({ header }) => header).join(", "),
      "PAYMENT-REQUIRED": x402Offer(call.resource, call.service.name, call.offers, siwx, charge),
    });
  }

  return { unpaid, badCredential, badSignIn, denied, insufficientBalance };
}

type Liked = StreamOffer | { method: "evm"; intent: string };

function core(code: string, title: string, detail: string, status = 402): Refusal {
  return { type: `${CORE}${code}`, code, title, status, detail, members: {} };
}

function withoutMembers({ members: _members, ...refusal }: Refusal): Omit<Refusal, "members"> {
  return refusal;
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["InvalidCredentialEncodingError", "MissingPaymentSchemeError", "$ZodError", "ZodError"].includes(
      error.name,
    )
  );
}
