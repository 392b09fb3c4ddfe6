import "server-only";
import type { Address } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { getMirroredStream } from "../mirrored-stream";
import type { Rail, RailChange, RailObservation } from "../rail";
import { streamOnChain } from "../stream-on-chain";
import { quoteEscrow } from "./quote-escrow";
import { cancelCall, cancelStreamsCall, topUpCalls, withdrawCall } from "./streampay-calls";

/** Nothing can be changed any more. */
const OVER = new Set(["closing", "settled", "failed"]);

/** Money locked in the contract `StreamPay`, earned by the second. @param streamPay its address on the place's chain */
export function streampayRail(place: ChainPlace, streamPay: Address): Rail {
  return {
    id: "streampay",
    quote: (terms) => quoteEscrow(place, streamPay, terms),
    observe: (streamId) => observe(place, streamPay, streamId),
    change: (input) => change(place, streamPay, input),
    closeAll: (input) => closeAll(place, streamPay, input),
    async settle({ streamId, actor }) {
      const calls = await closeAll(place, streamPay, { streamIds: [streamId], actor });
      throw streamOnChain({ streamId, rail: "streampay", chainId: place.network.chainId }, calls);
    },
  };
}

async function change(
  place: ChainPlace,
  streamPay: Address,
  { streamId, actor, change: to }: { streamId: string; actor: string; change: RailChange },
): Promise<ChainCall[]> {
  const { chainId } = place.network;
  const stream = await getMirroredStream(place.db(), { rail: "streampay", chainId, streamId, actor });
  const id = idOf(stream.subject);
  if (OVER.has(stream.status)) return [];
  switch (to.kind) {
    case "collect":
      return actor.toLowerCase() === stream.receiver ? [withdrawCall(streamPay, id)] : [];
    case "top-up": {
      const client = await place.client();
      const allowance = await client.readContract({
        address: stream.asset.address,
        abi: testUsdcAbi,
        functionName: "allowance",
        args: [stream.sender, streamPay],
      });
      return topUpCalls({ streamPay, token: stream.asset }, { streamId: id, amount: to.amount, allowance });
    }
    default:
      return []; // An escrow has one rate for all of its life, and no pause.
  }
}

async function closeAll(
  place: ChainPlace,
  streamPay: Address,
  { streamIds, actor }: { streamIds: readonly string[]; actor: string },
): Promise<ChainCall[]> {
  const { chainId } = place.network;
  const streams = await Promise.all(
    streamIds.map((streamId) =>
      getMirroredStream(place.db(), { rail: "streampay", chainId, streamId, actor }),
    ),
  );
  const ids = streams.filter(({ status }) => !OVER.has(status)).map(({ subject }) => idOf(subject));
  const [first, second] = ids;
  if (first === undefined) return [];
  return [second === undefined ? cancelCall(streamPay, first) : cancelStreamsCall(streamPay, ids)];
}

async function observe(place: ChainPlace, streamPay: Address, streamId: string): Promise<RailObservation> {
  const { chainId } = place.network;
  const stream = await getMirroredStream(place.db(), { rail: "streampay", chainId, streamId });
  const client = await place.client();
  const block = await client.getBlock();
  const info = await client.readContract({
    address: streamPay,
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
