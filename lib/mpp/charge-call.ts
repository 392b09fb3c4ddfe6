import "server-only";
import { Credential, Errors } from "mppx";
import { ProblemError, problems } from "@/lib/errors";
import { type Authorization, endsMs, idOf } from "./charge-authorization";
import type { ChargeServer } from "./charge-server";
import { type ChargeTerms, chargeTerms } from "./charge-terms";
import type { DoorCall } from "./door-call";
import type { DoorCharges } from "./door-charges";
import { doorProblem } from "./door-problem";
import type { DoorLedger } from "./door-types";
import type { VerifyCharge } from "./verify-charge-signature";
import { exactReceipt, readExactPayment } from "./x402-exact";

/** Single payments at one door: how to ask for them, and how to take them. */
export type ChargeDesk = {
  charges: DoorCharges;
  server: ChargeServer;
  verifySignature: VerifyCharge;
  origin: string;
};

/** A payment that was settled and flows into a stream: what the ledger has to be told, and what the answer has to carry. */
export type Charged = {
  payer: string;
  streamId: string;
  challengeId: string | null;
  claim: { kind: "charge"; id: string; expiresMs: bigint };
  headers: Record<string, string>;
};

export type ChargeOutcome =
  | { kind: "charged"; charged: Charged }
  /** Not a payment that holds: the caller gets a fresh 402, unless the error says that this could not be found out. */
  | { kind: "refused"; error: unknown }
  | { kind: "answered"; response: Response };

const CLAIM_MARGIN_MS = 60_000n;

/** What one payment for this call would have to be; null where none is taken, or the chain does not answer. */
export async function chargeTermsOf(call: DoorCall, { charges }: ChargeDesk): Promise<ChargeTerms | null> {
  const token = await charges.token();
  return token && chargeTerms(call.door, call.service, call.tier, token);
}

/** Whether the caller shows a single payment, and not a stream. */
export function showsCharge({ credentials }: DoorCall): boolean {
  if (credentials.x402) return true;
  if (!credentials.payment) return false;
  try {
    return Credential.deserialize(credentials.payment).challenge.method === "evm";
  } catch {
    return false; // Whoever reads it next says what is wrong with it.
  }
}

/**
 * Takes a single payment: checks it against what this route asks for now, settles it on the chain, credits its payer, and lets the
 * credit flow to the provider. The same payment again, or twice at once, does each of these once.
 */
export async function takeCharge(
  call: DoorCall,
  desk: ChargeDesk,
  ledger: DoorLedger,
): Promise<ChargeOutcome> {
  const terms = await chargeTermsOf(call, desk);
  if (!terms)
    throw new ProblemError(
      "stream/verification-unavailable",
      "The chain cannot be asked now. Do not pay again; retry.",
      {
        extensions: { retryAfterSeconds: 2 },
      },
    );
  const { token } = terms;
  let shown: Shown;
  try {
    shown = await read(call, terms, desk);
  } catch (error) {
    return { kind: "refused", error };
  }
  const { authorization, challengeId } = shown;
  const use = { providerId: call.door.provider.id, tier: call.tier.name, scheme: shown.scheme };
  const found = await desk.charges.settle(token, authorization, use);
  if (found.state === "refused")
    return {
      kind: "refused",
      error: new Errors.VerificationFailedError({ reason: lowerFirst(found.detail) }),
    };
  if (found.state === "waiting") return { kind: "answered", response: stillWaiting(desk.origin) };

  const { credit, txHash } = found;
  const payer = authorization.from.toLowerCase();
  const streamId = await desk.charges.fund(ledger, { token, authorization, credit, ...use });
  const receipt = { txHash, chainId: token.chainId, payer: authorization.from, amount: authorization.value };
  return {
    kind: "charged",
    charged: {
      ...{ payer, streamId, challengeId },
      claim: {
        kind: "charge",
        id: idOf(token, authorization).join(":"),
        expiresMs: endsMs(authorization) + CLAIM_MARGIN_MS,
      },
      headers: shown.scheme === "x402" ? { "payment-response": exactReceipt(receipt) } : {},
    },
  };
}

type Shown = { authorization: Authorization; challengeId: string | null; scheme: "mpp" | "x402" };

async function read(
  { credentials, binding }: DoorCall,
  terms: ChargeTerms,
  { server, verifySignature }: ChargeDesk,
): Promise<Shown> {
  if (credentials.x402) {
    const authorization = await readExactPayment(credentials.x402, terms, verifySignature);
    return { authorization, challengeId: null, scheme: "x402" };
  }
  const credential = Credential.deserialize(credentials.payment ?? "");
  const authorization = await server.verify(credential, terms, binding.scope);
  return { authorization, challengeId: credential.challenge.id, scheme: "mpp" };
}

/** Without a challenge, though it is a 402: a stock client would answer one by paying again. */
function stillWaiting(origin: string): Response {
  const code = "stream/pending";
  const { title, status } = problems[code];
  return doorProblem({
    ...{ type: `${origin}/problems/${code}`, code, title, status },
    detail: "The payment is on its way to the chain. Send the same again: do not sign another one.",
    retryAfterSeconds: 1,
  });
}

/** mppx puts it behind a colon. */
function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}
