import "server-only";
import { findChainBlock } from "./chain-blocks";
import { ChainFault } from "./chain-fault";
import { type BlockRef, type ChainLog, type ChainValue, isBefore } from "./chain-log";
import type { ChainReader } from "./chain-reader";
import { type Cursor, NO_HASH } from "./cursor";
import { decodeLogs } from "./decode-logs";
import type { ChainIndex } from "./open-index";
import { readRangeLogs } from "./read-logs";
import { listBlockLogs } from "./subject-logs";
import { writeStep } from "./write-step";

/**
 * Reads blocks that have become deep enough a second time, from the other node where there is one, and confirms their logs when
 * it tells the same. When not, one of the two readings is wrong, nobody knows which, and the index goes back to where they part.
 *
 * @returns false when there is nothing to confirm, or nothing can be said about it now
 * @throws ChainFault `unlike` after it has gone back; others when the node cannot be asked
 */
export async function confirmLogs(
  index: ChainIndex,
  auditor: ChainReader,
  cursor: Cursor,
  headNumber: bigint,
): Promise<boolean> {
  const { db, network, filters, window } = index;
  const to = await findEnd(index, cursor, headNumber);
  if (!to) return false;

  const from = cursor.confirmedNumber + 1n;
  const raw = await readRangeLogs(auditor, filters, { from, to: to.number }, window);
  // After the logs: they are of this chain if it still stands.
  if ((await auditor.block(to.number))?.hash !== to.hash) return false;
  const theirs = decodeLogs(network.chainId, index.sources, raw, () => 0n);
  const ours = await listBlockLogs(db, network.chainId, { from, to: to.number });

  const nothing = { removedAbove: null, blocks: [], added: [], confirmed: [] };
  const part = firstDifference(ours, theirs);
  if (!part)
    return writeStep(index, cursor, {
      ...{ ...nothing, confirmed: ours, confirmedTo: to.number },
      ...{ to: cursor, headNumber },
    });

  if (theirs.length > ours.length) index.trustBloom = false;
  const before = (await findChainBlock(db, network.chainId, { atMost: part.blockNumber - 1n })) ?? {
    number: BigInt(network.startBlock) - 1n,
    hash: NO_HASH,
    atMs: 0n,
  };
  const confirmedTo = before.number < cursor.confirmedNumber ? before.number : cursor.confirmedNumber;
  await writeStep(index, cursor, {
    ...nothing,
    removedAbove: before.number,
    confirmedTo,
    to: before,
    headNumber,
  });
  throw new ChainFault("unlike", `block ${part.blockNumber}`);
}

/** The last block to confirm now: one that is remembered, so that the other node can be asked for it. */
async function findEnd(
  { db, network }: ChainIndex,
  { number, confirmedNumber }: Cursor,
  headNumber: bigint,
): Promise<BlockRef | null> {
  const confirmable = headNumber - BigInt(network.confirmations) + 1n;
  const deep = number < confirmable ? number : confirmable;
  if (deep <= confirmedNumber) return null;
  const enough = await findChainBlock(db, network.chainId, {
    atLeast: confirmedNumber + BigInt(network.logsQueryRange),
  });
  if (enough && enough.number <= deep) return enough;
  const last = await findChainBlock(db, network.chainId, { atMost: deep });
  return last && last.number > confirmedNumber ? last : null;
}

/** @returns a log that only one of them has, or that they tell differently; both are in the order of the chain */
function firstDifference(ours: readonly ChainLog[], theirs: readonly ChainLog[]): ChainLog | null {
  const length = Math.max(ours.length, theirs.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [ours[at], theirs[at]];
    if (a && b && contentOf(a) === contentOf(b)) continue;
    if (!a || !b) return a ?? b ?? null;
    return isBefore(a, b) ? a : b;
  }
  return null;
}

function contentOf({ blockNumber, logIndex, blockHash, txHash, address, event, args }: ChainLog): string {
  return JSON.stringify([blockNumber.toString(), logIndex, blockHash, txHash, address, event, sorted(args)]);
}

/** PostgreSQL keeps the members of an object in an order of its own. */
function sorted(value: ChainValue): unknown {
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map(sorted);
  const named = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return named.map(([name, member]) => [name, sorted(member)]);
}

function isList(value: ChainValue): value is readonly ChainValue[] {
  return Array.isArray(value);
}
