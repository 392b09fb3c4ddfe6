import { LEDGER_ASSET } from "@/lib/domain/asset";
import { amountOver, flowRatePerSecond, PERIODS_MS, type Rate, rate } from "@/lib/domain/rate";
import type { StreamRequest } from "@/lib/mpp/ledger-method";

/**
 * What an agent may spend without asking its human. Amounts are base units of the ledger's dollar (18 decimals), on every rail. A challenge's texts
 * are never trusted: only these numbers and the terms that get signed count.
 */
export type SpendingCaps = {
  /** Fastest flow, per day. */
  maxRatePerDay: bigint;
  /** Most that one opening or one top-up may lock. */
  maxDeposit: bigint;
  /** Most that all of them together may lock, for as long as this client lives. */
  maxTotal: bigint;
  /** Owners' addresses that may be paid, in any letter case. Absent: any. */
  allowedRecipients?: readonly string[];
  /** Hosts (with port) that may be answered. Absent: any. */
  allowedRealms?: readonly string[];
};

/** The agent will not, or cannot, pay for this. `reason` is for programs. */
export class PaymentRefused extends Error {
  override readonly name = "PaymentRefused";

  constructor(
    readonly reason:
      | "wrong-terms"
      | "rate-too-high"
      | "deposit-too-high"
      | "total-too-high"
      | "recipient-not-allowed"
      | "realm-not-allowed"
      | "chain-failed"
      | "needs-human",
    message: string,
  ) {
    super(message);
  }
}

/** @throws PaymentRefused when the terms contradict themselves or break a cap. Nothing has been signed then. */
export function checkTerms(request: StreamRequest, realm: string, caps: SpendingCaps): void {
  const { methodDetails } = request;
  if (methodDetails.token !== LEDGER_ASSET.symbol || methodDetails.decimals !== LEDGER_ASSET.decimals)
    throw new PaymentRefused("wrong-terms", `Asked to pay in ${methodDetails.token}, which is not ours.`);

  const flow = exactRate(request);
  const perSecond = flowRatePerSecond(flow);
  if (BigInt(request.amount) !== (perSecond > 0n ? perSecond : 1n))
    throw new PaymentRefused("wrong-terms", "The price per second is not the price per period.");
  if (amountOver(flow, PERIODS_MS.day, "ceil") > caps.maxRatePerDay)
    throw new PaymentRefused("rate-too-high", "The flow is faster than the cap per day.");
  checkPayee(request.recipient, realm, caps);
}

/** @throws PaymentRefused when the caps name who and where may be paid, and this is not among them */
export function checkPayee(recipient: string, realm: string, caps: SpendingCaps): void {
  if (caps.allowedRealms && !caps.allowedRealms.includes(realm))
    throw new PaymentRefused("realm-not-allowed", `${realm} is not among the allowed realms.`);
  const recipients = caps.allowedRecipients?.map((address) => address.toLowerCase());
  if (recipients && !recipients.includes(recipient.toLowerCase()))
    throw new PaymentRefused("recipient-not-allowed", `${recipient} is not an allowed recipient.`);
}

function exactRate({ methodDetails }: StreamRequest): Rate {
  return rate(BigInt(methodDetails.rate.amount), BigInt(methodDetails.rate.periodSeconds) * 1000n);
}
