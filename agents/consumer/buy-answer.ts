import { Receipt } from "mppx";
import type { SiteApi } from "../client/site-api";
import { PaymentRefused } from "../client/spending-caps";
import type { Offer, Segment } from "./mandate";
import type { OpenBook } from "./open-book";
import type { PaymentRail } from "./payment-rail";
import { settleStreams } from "./settle-streams";

export type Purchase = {
  site: string;
  payer: string;
  rail: PaymentRail;
  book: OpenBook;
  /** Signed in as the payer. Asked for when there is something to settle. */
  api: () => Promise<SiteApi>;
  /** The rail's clock when the run began, never later than an opening of ours. */
  sinceMs: number;
  /** Ends the purchase early: what is open is closed all the same. */
  signal: AbortSignal;
};

/** `retriable`: another provider may do better. */
export type Outcome = { segment: Segment; answer: string | null; retriable: boolean };

/**
 * Asks one provider once, and settles with it whatever happens: after an answer, a refusal, a signal or a time that is over. When the process dies
 * in between, the book tells the next run.
 *
 * @param body of the call, JSON; null for a service that is asked with GET
 * @param limits base units of the ledger's dollar; `sessionMs` for the whole call
 * @returns never throws for what the provider does
 */
export async function buyAnswer(
  offer: Offer,
  body: string | null,
  limits: { deposit: bigint; maxRatePerDay: bigint; sessionMs: number },
  purchase: Purchase,
): Promise<Outcome> {
  const { site, payer, rail, book, signal, sinceMs } = purchase;
  const { service, providerId, tier, ratePerDay } = offer;
  const startedMs = Date.now();
  const strike = book.enter({
    ...{ site, payer, rail: rail.name, providerId, sinceMs },
    service: { method: service.method, path: service.path },
  });
  const caps = {
    ...{ maxRatePerDay: limits.maxRatePerDay, maxDeposit: limits.deposit, maxTotal: limits.deposit },
    ...{ allowedRecipients: [offer.owner], allowedRealms: [new URL(site).host] },
  };
  const called = await call(rail.payer({ caps, deposit: limits.deposit, tier }), offer, body, {
    site,
    signal: AbortSignal.any([signal, AbortSignal.timeout(limits.sessionMs)]),
  });

  const segment: Segment = {
    ...{ provider: providerId, stream: null, rail: rail.name, tier, ratePerDay, startedMs },
    ...{ endedMs: Date.now(), outcome: called.answer === null ? "failed" : "served", reason: called.reason },
    ...{ deposit: limits.deposit, paid: null, refunded: null, receipt: called.receipt },
  };
  try {
    const { chain } = rail;
    const settled = await settleStreams(
      await purchase.api(),
      { rail: rail.name, providerId, sinceMs },
      chain && (() => chain.close(`${site}${service.path}`, service.method, caps)),
    );
    strike();
    const sum = (of: (one: (typeof settled)[number]) => bigint) =>
      settled.reduce((all, one) => all + of(one), 0n);
    segment.stream = settled.map(({ stream }) => stream).join(" ") || null;
    segment.deposit = sum(({ deposit }) => deposit);
    segment.paid = sum(({ paid }) => paid);
    segment.refunded = sum(({ refunded }) => refunded);
  } catch (error) {
    const left = `It is not settled yet, the next run will close it: ${explain(error)}`;
    segment.reason = segment.reason === null ? left : `${segment.reason} ${left}`;
  }
  segment.endedMs = Date.now();
  return { segment, answer: called.answer, retriable: called.retriable && !signal.aborted };
}

type Called = { answer: string | null; reason: string | null; receipt: string | null; retriable: boolean };

async function call(
  pay: typeof fetch,
  { service, name }: Offer,
  body: string | null,
  { site, signal }: { site: string; signal: AbortSignal },
): Promise<Called> {
  const failed = (reason: string, retriable: boolean): Called => ({
    ...{ answer: null, reason },
    receipt: null,
    retriable,
  });
  try {
    const response = await pay(`${site}${service.path}`, {
      method: service.method,
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      ...(body === null ? {} : { body }),
      signal,
    });
    const answer = await response.text();
    if (!response.ok)
      return failed(`${name} answered ${response.status}: ${titleOf(answer)}`, mayGoOn(response));
    return { answer, reason: null, receipt: receiptOf(response, site), retriable: false };
  } catch (thrown) {
    // A client that is cut short may complain of something else than the cut.
    const error = signal.aborted ? signal.reason : thrown;
    // An empty wallet or a paused stream are for a person; terms above a cap are this provider's.
    const person = error instanceof PaymentRefused && error.reason === "needs-human";
    return failed(explain(error), !person);
  }
}

/** What was asked wrongly is wrong for the next one too. */
function mayGoOn({ status }: Response): boolean {
  return status === 402 || status === 404 || status === 410 || status === 429 || status >= 500;
}

function receiptOf(response: Response, site: string): string | null {
  try {
    const { requestId } = Receipt.fromResponse(response) as Receipt.Receipt & { requestId?: string };
    return requestId ? `${site}/receipts/${requestId}` : null;
  } catch {
    return null;
  }
}

function titleOf(body: string): string {
  try {
    const { detail, title, error } = JSON.parse(body) as Record<string, unknown>;
    return String(detail ?? title ?? (typeof error === "string" ? error : body)).slice(0, 300);
  } catch {
    return body.slice(0, 300);
  }
}

function explain(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return "The session was over before it answered.";
  if (error instanceof Error && error.name === "AbortError") return "It was interrupted.";
  return error instanceof Error ? error.message : String(error);
}
