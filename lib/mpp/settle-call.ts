import "server-only";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { ProblemError } from "@/lib/errors";
import type { Authorised } from "@/lib/streams/authorize-request";
import type { CallOutcome } from "@/lib/streams/complete-request";
import type { Via } from "./authorize-call";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import type { DoorCall } from "./door-call";
import type { DoorChain } from "./door-chain";
import type { DoorLedger } from "./door-types";
import type { PayerSlots } from "./payer-slots";
import type { ProviderQueue } from "./provider-queue";
import { buildReceipt, type Receipt, type ReceiptFacts, signReceipt } from "./receipt";
import type { ReceiptKey } from "./receipt-keys";

export type ServeTools = {
  origin: string;
  chainId: number;
  chain?: DoorChain | null;
  ledger: DoorLedger;
  queue: ProviderQueue;
  eventSlots: PayerSlots;
  key: () => Promise<ReceiptKey>;
  callUpstream: (call: UpstreamCall) => Promise<UpstreamAnswer>;
  upstreamAllow: readonly string[];
  report: (message: string, error: unknown) => void;
  /** How long events are held for a top-up; the defaults of the funding gate unless a test hurries. */
  patience?: { patienceMs: number; pollMs: number };
  /** How often an open stream of events says that it lives; a test hurries. */
  heartbeatMs?: number;
};

export type Admitted = {
  decision: Authorised;
  via: Via;
  challengeId: string | null;
  session: string | null;
  /** What the answer carries beside, such as the receipt of a single payment. */
  headers?: Record<string, string>;
};

/**
 * Writes down that the call was served. This comes before the caller sees the end of the answer, so that one that was seen
 * is never billed later, or twice.
 *
 * @throws ProblemError `upstream-timeout` when the ledger has voided the call in the meantime: it is free, and has no receipt
 */
export async function settleServed(
  { ledger }: ServeTools,
  served: Omit<CallOutcome, "outcome">,
): Promise<void> {
  const ended = await ledger.completeRequest({ ...served, outcome: "served" });
  if (!ended) throw new ProblemError("upstream-timeout", "The provider took too long. Nothing was charged.");
}

/** A call that failed costs nothing. If even that cannot be written, the ledger's own deadline voids it. */
export async function voidCall(requestId: string, status: number, tools: ServeTools): Promise<void> {
  try {
    await tools.ledger.completeRequest({
      requestId,
      outcome: "voided",
      status,
      responseDigest: null,
      receipt: null,
    });
  } catch (error) {
    tools.report(`Request ${requestId} could not be voided.`, error);
  }
}

/** @param responseDigest null while the answer is still streaming */
export async function signedReceipt(
  call: DoorCall,
  admitted: Admitted,
  responseDigest: string | null,
  tools: Pick<ServeTools, "origin" | "chainId" | "chain" | "key">,
): Promise<Receipt> {
  return signReceipt(buildReceipt(receiptFacts(call, admitted, responseDigest, tools)), await tools.key());
}

function receiptFacts(
  call: DoorCall,
  { decision, via, challengeId }: Admitted,
  responseDigest: string | null,
  { origin, chainId, chain }: Pick<ServeTools, "origin" | "chainId" | "chain">,
): ReceiptFacts {
  return {
    decision,
    via,
    challengeId,
    providerId: call.door.provider.id,
    chainId,
    issuer: origin,
    resource: `${call.method} ${call.target.pathname}${call.target.search}`,
    requestDigest: call.binding.requestDigest,
    responseDigest,
    price: call.service.pricePerCall,
    asset: receiptAsset(decision.asset, chain),
  };
}

/** The ledger's dollar, or a token of the chain by its CAIP-19 name. */
function receiptAsset(asset: string, chain: DoorChain | null | undefined) {
  if (asset === LEDGER_ASSET.symbol) return LEDGER_ASSET;
  const token = chain?.terms.tokens.find(({ id }) => id === asset);
  if (!token) throw new Error(`A stream was paid in ${asset}, which is not of the configured chain.`);
  return { symbol: token.id, decimals: token.decimals };
}
