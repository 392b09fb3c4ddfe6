/**
 * The payment method `ledger` for stock mppx clients: `Mppx.create({ methods: [ledgerStream({ account, caps })] })`.
 *
 * It proves first that a stream is ours; only when the server answers that there is none, or that its deposit is spent, does
 * it lock money, within the caps. It keeps nothing but its totals, so a restarted agent finds its streams again.
 */
import { Credential, Method, z } from "mppx";
import type { Account } from "viem";
import { ledgerMethod, type StreamRequest } from "@/lib/mpp/ledger-method";
import { type SignableChallenge, streamTypedData, type UnsignedPayload } from "@/lib/mpp/stream-typed-data";
import { createMoneyPlan, type MoneyPlan } from "./money-plan";
import { checkTerms, PaymentRefused, type SpendingCaps } from "./spending-caps";

export type LedgerStreamOptions = {
  /** Signs EIP-712. A local account or a wallet's; its money is in its ledger wallet, not on a chain. */
  account: Account;
  caps: SpendingCaps;
  /** Base units to lock when a stream is opened or refilled. Absent: what the provider suggests (some hours). */
  deposit?: bigint;
  /**
   * Opens a stream of its own for each provider, without looking first for one that is open: one request less, for an agent that closes what it
   * opens. After that it proves as usual.
   */
  fresh?: boolean;
};

/** Passed as `mppx.fetch(url, { context: { action: "close", streamId } })` to end a stream instead of being served. */
const context = z.strictObject({ action: z.literal("close"), streamId: z.string() });

export function ledgerStream(options: LedgerStreamOptions) {
  const { account, caps, fresh = false } = options;
  const plan = createMoneyPlan(caps);
  const met = new Set<string>();

  /** What the server cannot know before anything is proved: that there is nothing to find. */
  function nextOf({
    realm,
    request: { methodDetails },
  }: LedgerChallenge): StreamRequest["methodDetails"]["next"] {
    const provider = `${realm} ${methodDetails.plan}`;
    const first = fresh && !met.has(provider);
    met.add(provider);
    const { next = "prove" } = methodDetails;
    return first && next === "prove" ? "open" : next;
  }

  return Method.toClient(ledgerMethod, {
    context,
    async createCredential({ challenge, context: wish }) {
      checkTerms(challenge.request, challenge.realm, caps);
      const payload = wish?.streamId
        ? ({ action: "close", payer: account.address, streamId: wish.streamId } as const)
        : choosePayload(challenge, nextOf(challenge), plan, options);
      const signature = await sign(account, challenge, payload);
      return Credential.serialize(
        Credential.from({
          challenge,
          payload: { ...payload, type: "proof", signature },
          source: `did:pkh:eip155:${challenge.request.methodDetails.chainId}:${account.address}`,
        }),
      );
    },
  });
}

type LedgerChallenge = SignableChallenge & { request: StreamRequest };

/** What to answer, by the server's hint. The hint is not trusted with money: the caps are. */
function choosePayload(
  challenge: LedgerChallenge,
  next: StreamRequest["methodDetails"]["next"],
  plan: MoneyPlan,
  { account, deposit }: LedgerStreamOptions,
): UnsignedPayload {
  const { request } = challenge;
  const { plan: provider, tier, streamId } = request.methodDetails;
  const payer = account.address;
  const preferred = deposit ?? BigInt(request.suggestedDeposit);
  switch (next) {
    case undefined:
    case "prove":
      return { action: "prove", payer };
    case "open": {
      // After the one that ended, if the server names one: a closed stream's successor is another intent.
      const intent = `open ${challenge.realm} ${provider} ${tier} after ${streamId ?? "none"}`;
      const { amount, operationKey } = plan.commit(intent, preferred);
      return { action: "open", payer, deposit: String(amount), operationKey };
    }
    case "topUp": {
      if (!streamId) throw new PaymentRefused("wrong-terms", "Asked to top up a stream without a name.");
      const intent = `topUp ${challenge.realm} ${streamId}`;
      const { amount, operationKey } = plan.commit(intent, plan.topUpAmount(request, preferred));
      return { action: "topUp", payer, streamId, amount: String(amount), operationKey };
    }
    case "fund":
    case "resume":
    case "changeTier":
      throw new PaymentRefused("needs-human", explain(next, request));
  }
}

function explain(next: "fund" | "resume" | "changeTier", { methodDetails }: StreamRequest): string {
  const { plan, tier } = methodDetails;
  if (next === "fund") return "The ledger wallet holds too little: fund it, then call again.";
  if (next === "resume") return `The stream to ${plan} is paused: resume it, then call again.`;
  return `The stream to ${plan} is slower than tier ${tier}: change its tier, or ask for a slower one.`;
}

async function sign(
  account: Account,
  challenge: SignableChallenge,
  payload: UnsignedPayload,
): Promise<string> {
  if (!account.signTypedData) throw new Error("The account cannot sign typed data.");
  return account.signTypedData(streamTypedData(challenge, payload));
}
