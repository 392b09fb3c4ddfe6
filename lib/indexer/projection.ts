import type { Queryable } from "@/lib/db/pool";
import type { BlockRef, ChainLog } from "./chain-log";
import type { LogSource } from "./log-source";

/**
 * One step of the index. Logs are those of the projection's own sources, in the order of the chain. A step either adds and
 * takes back, or confirms.
 */
export type ChainChange = {
  chainId: number;
  /** The last block that stayed when the chain took others back; null when it took none. */
  removedAbove: bigint | null;
  removed: readonly ChainLog[];
  added: readonly ChainLog[];
  /** Added in an earlier step, now deep enough (`confirmations`) and read a second time with the same answer. */
  confirmed: readonly ChainLog[];
  /** Logs up to this block count as confirmed. */
  confirmedTo: bigint;
  /** Where the index stands after the step. While it fills up, that is below the head of the chain. */
  head: BlockRef;
};

/**
 * Keeps tables of ours as the logs say. State is a fold over all logs of a subject (`listSubjectLogs`), so a block that is taken
 * back needs nothing but folding again what it touched: never count up and down.
 */
export type Projection = {
  /** Its name and version, such as "streampay-1". Another one reads the whole chain anew, so it starts from nothing. */
  name: string;
  sources: readonly LogSource[];
  /** Asks the network about what changed. Its answer may be older or newer than the change: it is no part of the fold. */
  read?(change: ChainChange): Promise<unknown>;
  /**
   * Writes, inside the indexer's transaction and alone: no two steps of a chain at once or out of order. Anybody can cause
   * logs, so it must not throw at what one says: that would stop the index.
   */
  apply(db: Queryable, change: ChainChange, read: unknown): Promise<void>;
};
