import "server-only";
import type { Address } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import type { ToSign } from "../allowance";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { groupBy, inParts } from "../group-by";
import { getMirroredStream, listMirroredStreams } from "../mirrored-stream";
import type { Rail, RailChange, RailObservation } from "../rail";
import { streamOnChain } from "../stream-on-chain";
import { planTopUp } from "./plan-top-up";
import { quoteEscrow } from "./quote-escrow";
import { cancelCall, cancelStreamsCall, MOST_CANCELS, withdrawCall } from "./streampay-calls";

/** Nothing can be changed any more. */
const OVER = new Set(["closing", "settled", "failed"]);

/**
 * Money locked in the contract `StreamPay`, earned by the second.
 *
 * @param streamPay where streams are opened; those that run are changed in the contract that holds them
 */
export function streampayRail(place: ChainPlace, streamPay: Address): Rail {
  return {
    id: "streampay",
    quote: (terms) => quoteEscrow(place, streamPay, terms),
    observe: (streamId) => observe(place, streamId),
    change: (input) => change(place, input),
    closeAll: (input) => closeAll(place, input),
    async settle({ streamId, actor }) {
      const calls = await closeAll(place, { streamIds: [streamId], actor });
      throw streamOnChain(
        { streamId, rail: "streampay", chainId: place.network.chainId },
        { calls, allowance: null },
      );
    },
  };
}

/** There is no such change. */
const NOTHING: ToSign = { calls: [], allowance: null };

async function change(
  place: ChainPlace,
  { streamId: ours, actor, change: to }: { streamId: string; actor: string; change: RailChange },
): Promise<ToSign> {
  const { chainId } = place.network;
  const of = { rail: "streampay", chainId, streamId: ours, actor } as const;
  const stream = await getMirroredStream(place.db(), of);
  const streamId = idOf(stream.subject);
  if (OVER.has(stream.status)) return NOTHING;
  switch (to.kind) {
    case "collect":
      return actor.toLowerCase() === stream.receiver
        ? { calls: [withdrawCall(stream.contract, streamId)], allowance: null }
        : NOTHING;
    case "top-up":
      return actor.toLowerCase() === stream.sender ? planTopUp(place, stream, { ...to, streamId }) : NOTHING;
    default:
      return NOTHING; // An escrow has one rate for all of its life, and no pause.
  }
}

async function closeAll(
  place: ChainPlace,
  { streamIds, actor }: { streamIds: readonly string[]; actor: string },
): Promise<ChainCall[]> {
  const { chainId } = place.network;
  const streams = await listMirroredStreams(place.db(), { rail: "streampay", chainId, streamIds, actor });
  const open = streams.filter(({ status }) => !OVER.has(status));
  return groupBy(open, ({ contract }) => contract).flatMap((of) => {
    const { contract } = of[0];
    return inParts(of, MOST_CANCELS).map((part) => {
      const ids = part.map(({ subject }) => idOf(subject));
      const [first, second] = ids;
      return first !== undefined && second === undefined
        ? cancelCall(contract, first)
        : cancelStreamsCall(contract, ids);
    });
  });
}

async function observe(place: ChainPlace, streamId: string): Promise<RailObservation> {
  const { chainId } = place.network;
  const stream = await getMirroredStream(place.db(), { rail: "streampay", chainId, streamId });
  const client = await place.client();
  const block = await client.getBlock();
  const info = await client.readContract({
    address: stream.contract,
    abi: streamPayAbi,
    functionName: "streamInfo",
    args: [idOf(stream.subject)],
    blockNumber: block.number,
  });
  const atMs = block.timestamp * 1_000n;
  const { open, deposit, accrued, withdrawn, startTime, endTime, rateAmount, ratePeriod } = info;
  const asOf = { kind: "block", number: block.number, hash: block.hash, atMs } as const;
  const startedMs = startTime * 1_000n;
  // The contract forgets the figures of a closed stream: its events told them.
  if (!open) {
    const { billed, refunded } = stream;
    const money = { funded: billed + refunded, accrued: billed, paid: billed, refunded };
    const { rate } = stream;
    return {
      rail: "streampay",
      streamId,
      status: "settled",
      rate,
      startedMs,
      fundedUntilMs: null,
      ...money,
      asOf,
    };
  }
  return {
    rail: "streampay",
    streamId,
    status: block.timestamp >= endTime ? "exhausted" : "active",
    rate: { amount: rateAmount, periodMs: ratePeriod * 1_000n },
    startedMs,
    fundedUntilMs: endTime * 1_000n - 1n,
    funded: deposit,
    accrued,
    paid: withdrawn,
    refunded: 0n,
    asOf,
  };
}

/** "streampay:<contract>:<id>" */
function idOf(subject: string): bigint {
  return BigInt(subject.slice(subject.lastIndexOf(":") + 1));
}
