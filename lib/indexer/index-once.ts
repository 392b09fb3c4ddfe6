import "server-only";
import { logger } from "@/lib/log";
import { metrics } from "@/lib/metrics/metrics";
import { ChainFault, type FaultReason } from "./chain-fault";
import type { ChainReader } from "./chain-reader";
import { checkAgreement } from "./check-agreement";
import { confirmLogs } from "./confirm-logs";
import { type Cursor, NO_HASH, noteChecked, noteFault, readCursor } from "./cursor";
import { type ChainIndex, isDevnet } from "./open-index";
import { readStep, type StepRead } from "./read-step";
import { writeStep } from "./write-step";

export type IndexStep = {
  /**
   * `current`: all of the chain is there. `more`: not yet, go on at once. `stale`: nothing can be believed now, and `fault` says
   * why. `overtaken`: another process has written meanwhile.
   */
  state: "current" | "more" | "stale" | "overtaken";
  fault: FaultReason | null;
};

/** The most blocks near the head that one step takes. */
const LIMIT = 256;
/** Of one node alone: another one may do better. */
const ASK_ANOTHER: ReadonlySet<FaultReason> = new Set([
  "silent",
  "refused",
  "garbled",
  "behind",
  "wrong-chain",
]);
const LATE_MS = 60_000n;
const LATE_BLOCKS = 20n;

/**
 * One bounded step of the index: what is new since the last one, or what a reorganisation has changed. Safe to run anywhere, in any
 * number, and to be killed at any time.
 *
 * @throws Error of the database, or of a projection: nothing is written then
 */
export async function indexOnce(index: ChainIndex, { limit = LIMIT } = {}): Promise<IndexStep> {
  const { db, network } = index;
  try {
    return await step(index, limit);
  } catch (error) {
    const reason = error instanceof ChainFault ? error.reason : "broken";
    metrics().indexErrors.of(reason).n += 1;
    const noted = noteFault(db, network.chainId, reason);
    if (!(error instanceof ChainFault)) {
      await noted.catch(() => {}); // The database may be what failed.
      throw error;
    }
    await noted;
    logger.debug({ chainId: network.chainId, reason: error.reason }, error.message);
    return { state: "stale", fault: error.reason };
  }
}

async function step(index: ChainIndex, limit: number): Promise<IndexStep> {
  const { db, network, fingerprint } = index;
  const startBlock = BigInt(network.startBlock);
  const cursor = await readCursor(db, { chainId: network.chainId, startBlock, sources: fingerprint });
  if (cursor.sources !== fingerprint) return startAnew(index, cursor);
  index.adopted = true;

  const { read, reader, other } = await askFirst(index, cursor, limit);
  checkAge(index, cursor, read);
  const moved = read.blocks.length > 0 || read.removedAbove !== null;
  if (moved) {
    if (other) await checkAgreement(index, other, read);
    if (!(await writeStep(index, cursor, stepOf(cursor, read)))) return { state: "overtaken", fault: null };
  }

  const now = moved
    ? await readCursor(db, { chainId: network.chainId, startBlock, sources: fingerprint })
    : cursor;
  const confirmed = await confirmBy(index, [other, reader], now, read.head.number);
  if (now.number < read.head.number) return { state: "more", fault: null };
  await noteChecked(db, network.chainId, read.head.number);
  return { state: confirmed === "some" ? "more" : "current", fault: null };
}

/** The first node that answers, and another one if there is one. */
async function askFirst(index: ChainIndex, cursor: Cursor, limit: number) {
  let silent: ChainFault = new ChainFault("silent");
  for (const reader of index.readers)
    try {
      const read = await readStep(index, reader, cursor, limit);
      return { read, reader, other: index.readers.find((one) => one !== reader) ?? null };
    } catch (error) {
      if (!(error instanceof ChainFault && ASK_ANOTHER.has(error.reason))) throw error;
      silent = error;
    }
  throw silent;
}

/** The other node confirms; the same one a second time where the other does not answer. */
async function confirmBy(
  index: ChainIndex,
  auditors: readonly (ChainReader | null)[],
  cursor: Cursor,
  headNumber: bigint,
): Promise<"some" | "none"> {
  for (const auditor of auditors.filter((one) => one !== null))
    try {
      return (await confirmLogs(index, auditor, cursor, headNumber)) ? "some" : "none";
    } catch (error) {
      if (!(error instanceof ChainFault) || error.reason === "unlike") throw error;
      metrics().indexErrors.of(error.reason).n += 1;
    }
  return "none";
}

function stepOf(cursor: Cursor, { removedAbove, from, blocks, added, head }: StepRead) {
  const kept = removedAbove !== null && removedAbove < cursor.confirmedNumber;
  return {
    ...{ removedAbove, blocks, added, confirmed: [] },
    confirmedTo: kept ? removedAbove : cursor.confirmedNumber,
    to: blocks.at(-1) ?? from,
    headNumber: head.number,
  };
}

/** A node that has stopped following its chain answers as if all were well. */
function checkAge({ network }: ChainIndex, { nowMs }: Cursor, { head }: StepRead): void {
  if (isDevnet(network)) return; // It stands still while nobody does anything, and its clock is set by hand.
  const patienceMs = LATE_BLOCKS * BigInt(network.blockMs);
  if (nowMs - head.atMs > (patienceMs > LATE_MS ? patienceMs : LATE_MS))
    throw new ChainFault("late", `from ${head.atMs}`);
}

/** Other contracts, other events or another way to fold them: all is read again, from the first block. */
async function startAnew(index: ChainIndex, cursor: Cursor): Promise<IndexStep> {
  if (index.adopted) throw new ChainFault("superseded");
  const to = { number: BigInt(index.network.startBlock) - 1n, hash: NO_HASH, atMs: 0n };
  const written = await writeStep(index, cursor, {
    ...{ removedAbove: to.number, blocks: [], added: [], confirmed: [] },
    ...{ to, confirmedTo: to.number, headNumber: cursor.headNumber },
  });
  index.adopted ||= written;
  return { state: written ? "more" : "overtaken", fault: null };
}
