import "server-only";
import { JOURNAL_BLOCKS, listChainBlocks } from "./chain-blocks";
import { ChainFault } from "./chain-fault";
import type { BlockRef, ChainLog } from "./chain-log";
import type { ChainReader, Header, RawLog } from "./chain-reader";
import { type Cursor, NO_HASH } from "./cursor";
import { decodeLogs } from "./decode-logs";
import { findAncestor } from "./find-ancestor";
import { mapLimited } from "./map-limited";
import { type ChainIndex, isDevnet } from "./open-index";
import { readBlockLogs, readRangeLogs } from "./read-logs";

/** What the chain has that the index has not, as far as one step goes. */
export type StepRead = {
  head: BlockRef;
  /** The last block that stays; null when none goes. */
  removedAbove: bigint | null;
  /** Where the index stands without what goes. */
  from: BlockRef;
  /** To remember: all of them near the head, the end of the stretch below. */
  blocks: readonly (Header & { checkpoint: boolean })[];
  added: readonly ChainLog[];
};

const AT_ONCE = 8;
/** Among the blocks near the head, one of so many is kept for good. */
const CHECKPOINT_EVERY = 1_024n;

/**
 * Asks one node what is new.
 *
 * @param limit the most blocks near the head
 * @returns `blocks` and `removedAbove` empty when nothing is
 * @throws ChainFault
 */
export async function readStep(
  index: ChainIndex,
  reader: ChainReader,
  cursor: Cursor,
  limit: number,
): Promise<StepRead> {
  const head = await reader.head();
  const unchanged = head.number === cursor.number && head.hash === cursor.hash;
  if (unchanged) return { head, removedAbove: null, from: cursor, blocks: [], added: [] };
  if (head.number < cursor.number) await checkShorter(index, reader, cursor, head);

  const straight = head.number > cursor.number ? await readAbove(index, reader, cursor, head, limit) : null;
  if (straight) return { head, removedAbove: null, from: cursor, ...straight };

  const ancestor = await findCommonBlock(index, reader, cursor, head);
  const above =
    head.number > ancestor.number
      ? await readAbove(index, reader, ancestor, head, limit)
      : head.hash === ancestor.hash && { blocks: [], added: [] };
  if (!above) throw new ChainFault("moved", `above block ${ancestor.number}`);
  return { head, removedAbove: ancestor.number, from: ancestor, ...above };
}

/** @returns null when the node's chain does not stand on `tip` */
async function readAbove(
  index: ChainIndex,
  reader: ChainReader,
  tip: BlockRef,
  head: Header,
  limit: number,
): Promise<Pick<StepRead, "blocks" | "added"> | null> {
  const near = head.number - JOURNAL_BLOCKS + 1n;
  const first = tip.number + 1n;
  return first < near
    ? readStretch(index, reader, tip, smaller(near - 1n, tip.number + BigInt(index.window.size)))
    : readNear(index, reader, tip, head, smaller(head.number, tip.number + BigInt(limit)));
}

/** Final blocks: only the ends of the stretch are looked at. */
async function readStretch(index: ChainIndex, reader: ChainReader, tip: BlockRef, to: bigint) {
  const first = await getBlock(reader, tip.number + 1n);
  if (!standsOn(first, tip)) return null;
  const last = to === first.number ? first : await getBlock(reader, to);
  const raw = await readRangeLogs(reader, index.filters, { from: first.number, to }, index.window);
  if (raw.some((log) => log.blockNumber === to && log.blockHash !== last.hash))
    throw new ChainFault("moved", `at block ${to}`);
  const added = decodeLogs(index.network.chainId, index.sources, raw, await timesOf(reader, raw));
  return { blocks: [{ ...last, checkpoint: true }], added };
}

/** Blocks that may still go: each stands on the one before, and each log is of one of them. */
async function readNear(index: ChainIndex, reader: ChainReader, tip: BlockRef, head: Header, to: bigint) {
  const numbers = Array.from({ length: Number(to - tip.number) }, (_, at) => tip.number + 1n + BigInt(at));
  const headers = await mapLimited(numbers, AT_ONCE, (number) =>
    number === head.number ? Promise.resolve(head) : getBlock(reader, number),
  );
  let before = tip;
  for (const header of headers) {
    if (!standsOn(header, before)) {
      if (before === tip) return null;
      throw new ChainFault("moved", `at block ${header.number}`);
    }
    before = header;
  }
  const raw = await readBlockLogs(reader, index.filters, headers, index.trustBloom);
  const times = new Map(headers.map(({ number, atMs }) => [number, atMs]));
  const added = decodeLogs(
    index.network.chainId,
    index.sources,
    raw,
    (log) => times.get(log.blockNumber) ?? 0n,
  );
  const blocks = headers.map((header) => ({
    ...header,
    checkpoint: header.number % CHECKPOINT_EVERY === 0n,
  }));
  return { blocks, added };
}

/** Where a reorganisation begins. */
async function findCommonBlock(
  { network, db }: ChainIndex,
  reader: ChainReader,
  cursor: Cursor,
  head: Header,
): Promise<BlockRef> {
  const ours = await listChainBlocks(db, network.chainId, { upTo: smaller(cursor.number, head.number) });
  const common = await findAncestor(reader, ours);
  if (isDevnet(network))
    return common ?? { number: BigInt(network.startBlock) - 1n, hash: NO_HASH, atMs: 0n };
  if (!common || cursor.number - common.number > JOURNAL_BLOCKS)
    throw new ChainFault("too-deep", `below block ${cursor.number}`);
  return common;
}

/**
 * The head is below what we have. On a real chain that is a node that lags. The devnet may have been turned back: then it has
 * forgotten our block; one that still tells it has only told an old head.
 */
async function checkShorter(
  { network }: ChainIndex,
  reader: ChainReader,
  cursor: Cursor,
  head: Header,
): Promise<void> {
  const shorter = isDevnet(network) && (await reader.block(cursor.number)) === null;
  if (!shorter) throw new ChainFault("behind", `head ${head.number} after ${cursor.number}`);
}

/** Of each log's block: by the log itself where the node says so. */
async function timesOf(reader: ChainReader, raw: readonly RawLog[]): Promise<(log: RawLog) => bigint> {
  const untold = [...new Set(raw.filter(({ atMs }) => atMs === null).map((log) => log.blockNumber))];
  const asked = await mapLimited(untold, AT_ONCE, (number) => getBlock(reader, number));
  const times = new Map(asked.map(({ number, atMs }) => [number, atMs]));
  return (log) => log.atMs ?? times.get(log.blockNumber) ?? 0n;
}

async function getBlock(reader: ChainReader, number: bigint): Promise<Header> {
  const header = await reader.block(number);
  if (!header) throw new ChainFault("moved", `no block ${number}`);
  return header;
}

function standsOn(header: Header, parent: BlockRef): boolean {
  return parent.hash === NO_HASH || header.parentHash === parent.hash;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
