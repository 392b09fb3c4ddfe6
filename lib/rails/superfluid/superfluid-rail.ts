import "server-only";
import { type Address, getAddress } from "viem";
import type { SuperfluidContracts } from "@/lib/chain/network";
import { criticalAtMs, fundedByBalance } from "@/lib/domain/flow-allocations";
import { addFractions, floorFraction, fraction } from "@/lib/domain/fraction";
import { flowRatePerSecond } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { ToSign } from "../allowance";
import type { ChainCall } from "../chain-call";
import type { ChainPlace } from "../chain-place";
import { groupBy, inParts } from "../group-by";
import { getMirroredStream, listMirroredStreams, type MirroredStream } from "../mirrored-stream";
import type { Rail, RailChange, RailObservation } from "../rail";
import { streamOnChain } from "../stream-on-chain";
import { withoutPlans } from "./flow-plans";
import { planWrap } from "./plan-wrap";
import { quoteFlow } from "./quote-flow";
import { balanceKey, readBalances } from "./read-balances";
import { readFlow } from "./read-flow";
import { superTokenPlace } from "./super-token";
import { closeFlowsCall, updateCall } from "./superfluid-calls";

/** Nothing can be changed any more. */
const OVER = new Set(["settled", "failed"]);

/** What one transaction closes: each takes about 265,000 of the 16.7 million that a transaction may use (EIP-7825). */
const MOST_FLOWS = 40;

/** Money that flows from the sender's own balance, by Superfluid's constant flow agreement. */
export function superfluidRail(place: ChainPlace, contracts: SuperfluidContracts): Rail {
  return {
    id: "superfluid",
    quote: (terms) => quoteFlow(place, contracts, terms),
    observe: (streamId) => observe(place, contracts, streamId),
    change: (input) => change(place, contracts, input),
    closeAll: (input) => closeAll(place, contracts, input),
    async settle({ streamId, actor }) {
      const calls = await closeAll(place, contracts, { streamIds: [streamId], actor });
      throw streamOnChain(
        { streamId, rail: "superfluid", chainId: place.network.chainId },
        { calls, allowance: null },
      );
    },
  };
}

function mirrored(place: ChainPlace, streamId: string, actor?: string): Promise<MirroredStream> {
  const { chainId } = place.network;
  return getMirroredStream(place.db(), { rail: "superfluid", chainId, streamId, actor });
}

function flowOf(
  place: ChainPlace,
  { cfaForwarder }: SuperfluidContracts,
  { asset, sender, receiver }: MirroredStream,
) {
  const ends = { sender: getAddress(sender), receiver: getAddress(receiver) };
  return readFlow(place, { cfaForwarder, token: asset.address, ...ends });
}

/** There is no such change. */
const NOTHING: ToSign = { calls: [], allowance: null };

async function change(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  { streamId, actor, change: to }: { streamId: string; actor: string; change: RailChange },
): Promise<ToSign> {
  const stream = await mirrored(place, streamId, actor);
  const at = superTokenPlace(place, contracts, stream.asset.id);
  if (OVER.has(stream.status) || actor.toLowerCase() !== stream.sender) return NOTHING;
  if (to.kind === "rate") {
    const { flow } = await flowOf(place, contracts, stream);
    const floored = flowRatePerSecond(to.rate);
    const plan = { tag: stream.tag, rate: floored > 0n ? floored : 1n };
    return { calls: [updateCall(at, flow, plan)], allowance: null };
  }
  // What is added to a flow is added to the balance that all of the sender's flows share.
  if (to.kind === "top-up") return planWrap(place, at, { ...to, owner: getAddress(stream.sender) });
  return NOTHING; // What streams has arrived: there is nothing to collect, and a flow has no pause.
}

async function closeAll(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  { streamIds, actor }: { streamIds: readonly string[]; actor: string },
): Promise<ChainCall[]> {
  const { chainId } = place.network;
  const all = await listMirroredStreams(place.db(), { rail: "superfluid", chainId, streamIds, actor });
  const streams = all.filter(({ status }) => !OVER.has(status));
  const byToken = groupBy(streams, ({ asset }) => asset.id);
  const calls = await Promise.all(
    byToken.map(async (ofToken) => {
      const at = superTokenPlace(place, contracts, ofToken[0].asset.id);
      const byFlow = groupBy(ofToken, ({ sender, receiver }) => `${sender}:${receiver}`);
      const closing = await Promise.all(
        byFlow.map(async (plans) => {
          const { flow } = await flowOf(place, contracts, plans[0]);
          const paid = new Set(flow.table.map(({ tag }) => tag));
          return { flow, tags: plans.map(({ tag }) => tag).filter((tag) => paid.has(tag)) };
        }),
      );
      const mine = closing.filter(
        ({ flow, tags }) =>
          tags.length > 0 && mayClose(actor, flow.sender, () => withoutPlans(flow, tags).to.rate),
      );
      return inParts(mine, MOST_FLOWS).map((part) => closeFlowsCall(at, part));
    }),
  );
  return calls.flat();
}

/** A receiver can delete a flow, and change none: so it closes the last plan alone, not one of several. */
function mayClose(actor: string, sender: Address, left: () => bigint): boolean {
  return actor.toLowerCase() === sender.toLowerCase() || left() === 0n;
}

async function observe(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  streamId: string,
): Promise<RailObservation> {
  const stream = await mirrored(place, streamId);
  const client = await place.client();
  const [{ lives }, block] = await Promise.all([flowOf(place, contracts, stream), client.getBlock()]);
  const nth = Number(stream.subject.slice(stream.subject.lastIndexOf(":") + 1));
  const life = lives.find((of) => of.tag === stream.tag && of.nth === nth);
  const running = life?.segments.at(-1);
  if (!life || !running)
    throw new ProblemError("stream-not-found", "The chain knows nothing of this stream any more.");
  const account = { token: stream.asset.address, account: stream.sender };
  const balance = (await readBalances(client, [account])).get(balanceKey(account));
  if (!balance) throw new Error("A balance that was asked for is there.");

  const { atMs } = balance;
  const carried = life.segments.at(-2)?.accrued ?? fraction(0n);
  const exact =
    running.accrued ?? addFractions(carried, fraction(running.rate * (atMs - running.startMs), 1_000n));
  const accrued = floorFraction(exact);
  const over = life.closedMs !== null;
  const criticalMs = criticalAtMs(balance);
  return {
    rail: "superfluid",
    streamId,
    status: over ? "settled" : criticalMs !== null && criticalMs <= atMs ? "exhausted" : "active",
    rate: { amount: running.rate, periodMs: 1_000n },
    startedMs: life.segments[0]?.startMs ?? running.startMs,
    fundedUntilMs: over || criticalMs === null ? null : criticalMs - 1n,
    funded: over ? accrued : fundedByBalance(life, balance),
    accrued,
    paid: accrued, // What flows has arrived in the same second.
    refunded: 0n,
    asOf: { kind: "block", number: block.number, hash: block.hash, atMs },
  };
}
