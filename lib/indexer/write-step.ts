import "server-only";
import { inTransaction } from "@/lib/db/in-transaction";
import type { Queryable } from "@/lib/db/pool";
import { metrics } from "@/lib/metrics/metrics";
import { JOURNAL_BLOCKS } from "./chain-blocks";
import type { BlockRef, ChainLog } from "./chain-log";
import type { Header } from "./chain-reader";
import type { Cursor } from "./cursor";
import { isFrom } from "./log-source";
import type { ChainIndex } from "./open-index";
import type { ChainChange, Projection } from "./projection";
import { listBlockLogs } from "./subject-logs";

/** What to write, all of it or nothing. */
export type StepWrite = {
  removedAbove: bigint | null;
  blocks: readonly (Header & { checkpoint: boolean })[];
  added: readonly ChainLog[];
  confirmed: readonly ChainLog[];
  confirmedTo: bigint;
  /** Where the index stands then. */
  to: BlockRef;
  /** Of the chain. */
  headNumber: bigint;
};

/**
 * Writes one step: rows, cursor and what projections make of them, in one transaction, and only if nobody has written since
 * `cursor` was read.
 *
 * @returns false, and nothing is written, when somebody has
 */
export async function writeStep(index: ChainIndex, cursor: Cursor, step: StepWrite): Promise<boolean> {
  const { removedAbove } = step;
  const removed =
    removedAbove === null ? [] : await listBlockLogs(index.db, cursor.chainId, { from: removedAbove + 1n });
  const work: { projection: Projection; change: ChainChange; read: unknown }[] = [];
  for (const projection of index.projections) {
    const change = changeFor(projection, cursor.chainId, step, removed);
    if (!change) continue;
    work.push({ projection, change, read: await projection.read?.(change) });
  }

  const written = await inTransaction(index.db, async (tx) => {
    if (!(await isUntouched(tx, cursor))) return false;
    if (removedAbove !== null) await takeBack(tx, cursor.chainId, removedAbove);
    await insert(tx, cursor.chainId, step);
    await moveCursor(tx, index, cursor, step);
    for (const { projection, change, read } of work) await projection.apply(tx, change, read);
    return true;
  });
  if (written) count(cursor, step, removed.length);
  return written;
}

/** @returns null when the projection has nothing to do */
function changeFor(
  { sources }: Projection,
  chainId: number,
  { removedAbove, added, confirmed, confirmedTo, to }: StepWrite,
  removed: readonly ChainLog[],
): ChainChange | null {
  const own = (logs: readonly ChainLog[]) =>
    logs.filter((log) => sources.some((source) => isFrom(source, log)));
  const change = {
    ...{ chainId, removedAbove, confirmedTo, head: to },
    ...{ removed: own(removed), added: own(added), confirmed: own(confirmed) },
  };
  const none = change.removed.length + change.added.length + change.confirmed.length === 0;
  return none && removedAbove === null ? null : change;
}

/** Locks the cursor until the end: a second indexer waits, and then sees that it comes too late. */
async function isUntouched(tx: Queryable, { chainId, generation }: Cursor): Promise<boolean> {
  const { rows } = await tx.query<{ generation: string }>(
    "select generation from chain_cursor where chain_id = $1 for update",
    [chainId],
  );
  return rows[0]?.generation === generation.toString();
}

async function takeBack(tx: Queryable, chainId: number, above: bigint): Promise<void> {
  await tx.query("delete from chain_log where chain_id = $1 and block_number > $2", [chainId, above]);
  await tx.query("delete from chain_block where chain_id = $1 and number > $2", [chainId, above]);
}

async function insert(tx: Queryable, chainId: number, { blocks, added }: StepWrite): Promise<void> {
  const asText = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  if (blocks.length > 0)
    await tx.query(
      `insert into chain_block select $1, b.number, b.hash, b."parentHash", b."atMs", b.checkpoint
         from jsonb_to_recordset($2) as b (number bigint, hash text, "parentHash" text, "atMs" bigint, checkpoint boolean)`,
      [chainId, JSON.stringify(blocks, asText)],
    );
  if (added.length > 0)
    await tx.query(
      `insert into chain_log
       select $1, l."blockNumber", l."logIndex", l."blockHash", l."atMs", l."txHash", l.address, l.event, l.subjects, l.args
         from jsonb_to_recordset($2) as l ("blockNumber" bigint, "logIndex" int, "blockHash" text, "atMs" bigint,
           "txHash" text, address text, event text, subjects text[], args jsonb)`,
      [chainId, JSON.stringify(added, asText)],
    );
}

async function moveCursor(
  tx: Queryable,
  { fingerprint }: ChainIndex,
  { chainId }: Cursor,
  { to, confirmedTo, headNumber, blocks }: StepWrite,
): Promise<void> {
  await tx.query(
    `update chain_cursor set generation = generation + 1, sources = $2, number = $3, hash = $4, at_ms = $5,
            confirmed_number = $6, head_number = $7,
            lag_ms = case when $8 then greatest(0, clock_ms() - $5::bigint) else lag_ms end
      where chain_id = $1`,
    [chainId, fingerprint, to.number, to.hash, to.atMs, confirmedTo, headNumber, blocks.length > 0],
  );
  await tx.query("delete from chain_block where chain_id = $1 and number <= $2 and not checkpoint", [
    chainId,
    headNumber - JOURNAL_BLOCKS,
  ]);
}

function count(cursor: Cursor, { removedAbove, added }: StepWrite, removed: number): void {
  const { indexLogs, reorgDepths } = metrics();
  indexLogs.of("added").n += added.length;
  indexLogs.of("removed").n += removed;
  if (removedAbove !== null && removedAbove < cursor.number)
    reorgDepths.of().observe(Number(cursor.number - removedAbove));
}
