/**
 * The payment methods `superfluid` and `streampay` for stock mppx clients: `Mppx.create({ methods: [superfluidStream(options)] })`.
 *
 * They prove first that a stream is ours; only when the server answers that there is none do they open one on the chain, within the caps and on the
 * contracts of our own table. It is confirmed before it is proved, with the hash of its transaction, so that a server that has not seen it yet
 * says "wait".
 */
import { type Challenge, Credential, Method } from "mppx";
import type { Hash } from "viem";
import { type ChainRequest, streampayMethod, superfluidMethod } from "@/lib/mpp/chain-methods";
import { streamTypedData } from "@/lib/mpp/stream-typed-data";
import { type ChainWallet, walletAddress } from "./chain-wallet";
import { checkChainTerms, worthOf } from "./check-chain-terms";
import { createMoneyPlan } from "./money-plan";
import { openEscrow, openFlow, topUpEscrow, wrapMore } from "./open-on-chain";
import { PaymentRefused, type SpendingCaps } from "./spending-caps";

export type ChainStreamOptions = ChainWallet & {
  caps: SpendingCaps;
  /** Base units of the ledger's dollar (18 decimals) to lock or wrap. Absent: what the provider suggests (some hours). */
  deposit?: bigint;
  /** How long to wait before asking again whether the server has seen a transaction; less needs a higher `maxPaymentRetries`. */
  waitMs?: number;
  /** `StreamPay` on this chain; on the devnet it is known. */
  streamPay?: `0x${string}`;
};

type ChainChallenge = Challenge.Challenge & { request: ChainRequest };

/** A server looks at its chain every second or so, and a stock client tries three times: proving, opening, and once after this wait. */
const WAIT_MS = 1_500;

export function superfluidStream(options: ChainStreamOptions) {
  const prove = createProver(options);
  return Method.toClient(superfluidMethod, { createCredential: ({ challenge }) => prove(challenge) });
}

export function streampayStream(options: ChainStreamOptions) {
  const prove = createProver(options);
  return Method.toClient(streampayMethod, { createCredential: ({ challenge }) => prove(challenge) });
}

function createProver(options: ChainStreamOptions) {
  const { wallet, caps } = options;
  const plan = createMoneyPlan(caps);
  /** By intent: calls in parallel, and those that follow at once, share one transaction. */
  const running = new Map<string, { operationKey: string; hash: Promise<Hash> }>();
  /** By provider: the transaction that a server may not have seen yet. */
  const latest = new Map<string, Hash>();

  /** Sends once an intent: the plan says when the same words are a new one. */
  async function once(
    intent: string,
    amount: bigint,
    send: (amount: bigint) => Promise<Hash>,
  ): Promise<Hash> {
    const { operationKey, amount: committed } = plan.commit(intent, amount);
    const before = running.get(intent);
    if (before?.operationKey === operationKey) return before.hash;
    const hash = send(committed);
    running.set(intent, { operationKey, hash });
    return hash;
  }

  async function act(challenge: ChainChallenge): Promise<Hash | undefined> {
    const { request, realm } = challenge;
    const { plan: provider, tier, next, streamId } = request.methodDetails;
    const trusted = {
      chainId: wallet.chain.id,
      ...(options.streamPay ? { streamPay: options.streamPay } : {}),
    };
    const { superfluid, streampay } = checkChainTerms(request, realm, caps, trusted);
    const worth = worthOf(request);
    const preferred = options.deposit ?? BigInt(request.suggestedDeposit) * worth;
    const key = `${realm} ${provider}`;
    const remember = async (sending: Promise<Hash>) => {
      const hash = await sending;
      latest.set(key, hash);
      return hash;
    };
    switch (next) {
      case undefined:
      case "prove":
        return latest.get(key);
      case "wait":
        await new Promise((resolve) => setTimeout(resolve, options.waitMs ?? WAIT_MS));
        return latest.get(key);
      case "open": {
        const intent = `open ${key} ${tier} after ${streamId ?? "none"}`;
        return remember(
          once(intent, preferred, (amount) =>
            superfluid
              ? openFlow(options, superfluid, request, amount / worth)
              : openEscrow(options, place(streampay), request, amount / worth),
          ),
        );
      }
      case "topUp": {
        const intent = `topUp ${key} ${streamId ?? ""}`;
        const least = BigInt(request.methodDetails.minimumTopUp ?? "1") * worth;
        return remember(
          once(intent, preferred > least ? preferred : least, (amount) =>
            superfluid
              ? wrapMore(options, superfluid, request, amount / worth)
              : topUpEscrow(options, place(streampay), request, amount / worth),
          ),
        );
      }
      case "changeTier": {
        if (!superfluid)
          throw new PaymentRefused("needs-human", `The stream to ${provider} is slower than tier ${tier}.`);
        const intent = `change ${key} ${tier}`;
        return remember(
          once(intent, preferred, (amount) => openFlow(options, superfluid, request, amount / worth)),
        );
      }
    }
  }

  return async (challenge: ChainChallenge): Promise<string> => {
    const txHash = await act(challenge);
    const payload = { action: "prove", payer: walletAddress(options) } as const;
    const signature = await wallet.signTypedData(streamTypedData(challenge, payload));
    return Credential.serialize(
      Credential.from({
        challenge,
        payload: { ...payload, type: "proof", signature, ...(txHash ? { txHash } : {}) },
        source: `did:pkh:eip155:${challenge.request.methodDetails.chainId}:${payload.payer}`,
      }),
    );
  };
}

function place<T>(found: T | null): T {
  if (found === null) throw new Error("The terms were checked: one of the two rails is there.");
  return found;
}
