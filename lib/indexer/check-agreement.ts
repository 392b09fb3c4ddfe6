import { findChainBlock } from "./chain-blocks";
import { ChainFault } from "./chain-fault";
import type { ChainReader } from "./chain-reader";
import type { ChainIndex } from "./open-index";
import type { StepRead } from "./read-step";

/**
 * Compares one block with another node: the newest one that is deep enough to count. Above it, nodes may differ for a while.
 * A node that is silent or behind contradicts nothing.
 *
 * @throws ChainFault `disagree`
 */
export async function checkAgreement(
  { network, db }: ChainIndex,
  other: ChainReader,
  { head, blocks, removedAbove }: StepRead,
): Promise<void> {
  const deep = head.number - BigInt(network.confirmations) + 1n;
  const kept = removedAbove !== null && removedAbove < deep ? removedAbove : deep;
  const ours =
    blocks.findLast(({ number }) => number <= deep) ??
    (await findChainBlock(db, network.chainId, { atMost: kept }));
  if (!ours) return;
  const theirs = await other.block(ours.number).catch(() => null);
  if (theirs && theirs.hash !== ours.hash) throw new ChainFault("disagree", `about block ${ours.number}`);
}
