import "server-only";
import type { Address } from "viem";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import type { AllocationLife } from "@/lib/domain/flow-allocations";
import { ProblemError } from "@/lib/errors";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import type { ChainPlace } from "../chain-place";
import type { Flow } from "./flow-plans";
import { allocate } from "./mirror-flow";
import { flowEvents } from "./superfluid-projection";

/** `deposit`: base units that the flow holds as its buffer. `lives`: everything that it has paid for, and what it pays for now. */
export type KnownFlow = { flow: Flow; deposit: bigint; lives: readonly AllocationLife[] };

/**
 * The flow between two accounts as the chain has it now, with the plans that its last change told, confirmed or not: whoever writes the
 * next table must not forget one that is a block old.
 *
 * @param of.cfaForwarder of this network
 * @throws ProblemError `unavailable` while the index has not come to the flow's last change
 */
export async function readFlow(
  { network, client, db }: ChainPlace,
  {
    cfaForwarder,
    token,
    sender,
    receiver,
  }: Record<"cfaForwarder" | "token" | "sender" | "receiver", Address>,
): Promise<KnownFlow> {
  const [lastUpdated, rate, deposit] = await (await client()).readContract({
    address: cfaForwarder,
    abi: cfaV1ForwarderAbi,
    functionName: "getFlowInfo",
    args: [token, sender, receiver],
  });
  const name = {
    chainId: network.chainId,
    ...{ token: lower(token), sender: lower(sender), receiver: lower(receiver) },
  };
  const subject = `flow:${name.token}:${name.sender}:${name.receiver}`;
  const logs = (await listSubjectLogs(db(), network.chainId, [subject])).get(subject) ?? [];
  const events = flowEvents(logs, new Set(), logs.at(-1)?.blockNumber ?? 0n);
  const last = events.at(-1);
  const known = (last?.rate ?? 0n) === rate && (rate === 0n || last?.atMs === lastUpdated * 1_000n);
  if (!known)
    throw new ProblemError(
      "unavailable",
      "The flow was changed a moment ago, and that change is not read yet. Try again in a few seconds.",
      { extensions: { retryAfterSeconds: 2 } },
    );
  const { lives } = await allocate(db(), name, events);
  const table = lives.flatMap(({ tag, closedMs, segments }) =>
    closedMs === null ? [{ tag, rate: segments.at(-1)?.rate ?? 0n }] : [],
  );
  return { flow: { sender, receiver, rate, table }, deposit, lives };
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
