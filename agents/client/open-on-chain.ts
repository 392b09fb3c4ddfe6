import { type Address, erc20Abi, type Hash } from "viem";
import { cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { divCeil } from "@/lib/domain/amount";
import type { ChainRequest } from "@/lib/mpp/chain-methods";
import { createCalls, topUpCalls } from "@/lib/rails/streampay/streampay-calls";
import type { StreamPayPlace } from "@/lib/rails/streampay/token-stream";
import {
  openCalls,
  type SuperfluidPlace,
  wrapAmount,
  wrapCalls,
} from "@/lib/rails/superfluid/superfluid-calls";
import { type ChainWallet, sendCalls, walletAddress } from "./chain-wallet";
import { confirmationsOf, findEscrow, findTable } from "./find-on-chain";
import { PaymentRefused } from "./spending-caps";

/**
 * Locks `deposit` base units in `StreamPay`, as much time as that buys at the asked rate.
 *
 * @returns the hash of the opening, which has its confirmations
 */
export async function openEscrow(
  chain: ChainWallet,
  place: StreamPayPlace,
  request: ChainRequest,
  deposit: bigint,
): Promise<Hash> {
  const { rate, tag } = request.methodDetails;
  const [amount, seconds] = [BigInt(rate.amount), BigInt(rate.periodSeconds)];
  const durationSeconds = (deposit * seconds) / amount || 1n;
  const allowance = await chain.reader.readContract({
    address: place.token.address,
    abi: erc20Abi,
    functionName: "allowance",
    args: [walletAddress(chain), place.streamPay],
  });
  const terms = {
    recipient: request.recipient as Address,
    // Rounded up: rounded down it would be slower than the tier.
    amount: divCeil(amount * durationSeconds, seconds),
    durationSeconds,
    tag: BigInt(tag),
  };
  return sendCalls(chain, createCalls(place, terms, { allowance }), confirmationsOf(request));
}

/**
 * Opens the plan's share of the flow to its receiver, or changes it, and wraps what is missing for the buffer and `deposit` base units.
 *
 * @returns the hash of the opening, which has its confirmations
 * @throws PaymentRefused `needs-human` when a flow to the receiver runs whose words cannot be found: changing it could end another plan
 */
export async function openFlow(
  chain: ChainWallet,
  place: SuperfluidPlace,
  request: ChainRequest,
  deposit: bigint,
): Promise<Hash> {
  const { reader } = chain;
  const sender = walletAddress(chain);
  const receiver = request.recipient as Address;
  const token = place.token.address;
  const forwarder = { address: place.cfaForwarder, abi: cfaV1ForwarderAbi } as const;
  const plan = { tag: BigInt(request.methodDetails.tag), rate: BigInt(request.amount) };
  const [rate, buffer, [available], allowance] = await Promise.all([
    reader.readContract({ ...forwarder, functionName: "getFlowrate", args: [token, sender, receiver] }),
    reader.readContract({
      ...forwarder,
      functionName: "getBufferAmountByFlowrate",
      args: [token, plan.rate],
    }),
    reader.readContract({
      address: token,
      abi: superTokenAbi,
      functionName: "realtimeBalanceOfNow",
      args: [sender],
    }),
    place.underlying
      ? reader.readContract({
          address: place.underlying.address,
          abi: erc20Abi,
          functionName: "allowance",
          args: [sender, token],
        })
      : 0n,
  ]);
  const table = rate === 0n ? [] : await findTable(chain, place, request);
  const missing = buffer + deposit - available;
  const amount = missing > 0n ? wrapAmount(place, missing) : 0n;
  const calls = openCalls(place, { sender, receiver, rate, table }, plan, { amount, allowance });
  return sendCalls(chain, calls, confirmationsOf(request));
}

/**
 * Adds to the sender's open escrow for this provider, the youngest one.
 *
 * @throws PaymentRefused `needs-human` when the chain has none
 */
export async function topUpEscrow(
  chain: ChainWallet,
  place: StreamPayPlace,
  request: ChainRequest,
  amount: bigint,
): Promise<Hash> {
  const { reader } = chain;
  const sender = walletAddress(chain);
  const streamId = await findEscrow(chain, place, request);
  if (streamId === null)
    throw new PaymentRefused("needs-human", "StreamPay has no open stream of this sender for the provider.");
  const allowance = await reader.readContract({
    address: place.token.address,
    abi: erc20Abi,
    functionName: "allowance",
    args: [sender, place.streamPay],
  });
  return sendCalls(chain, topUpCalls(place, { streamId, amount, allowance }), confirmationsOf(request));
}

/** Wraps `amount` base units more, which keep all flows of the sender running. */
export async function wrapMore(
  chain: ChainWallet,
  place: SuperfluidPlace,
  request: ChainRequest,
  amount: bigint,
): Promise<Hash> {
  const sender = walletAddress(chain);
  const allowance = place.underlying
    ? await chain.reader.readContract({
        address: place.underlying.address,
        abi: erc20Abi,
        functionName: "allowance",
        args: [sender, place.token.address],
      })
    : 0n;
  const calls = wrapCalls(place, sender, { amount: wrapAmount(place, amount), allowance });
  return sendCalls(chain, calls, confirmationsOf(request));
}
