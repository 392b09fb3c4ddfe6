import "server-only";
import { createHash } from "node:crypto";
import type pg from "pg";
import { toEventSelector } from "viem";
import type { Network } from "@/lib/chain/network";
import { metrics } from "@/lib/metrics/metrics";
import { FAULT_REASONS } from "./chain-fault";
import type { ChainReader, LogFilter } from "./chain-reader";
import type { LogSource } from "./log-source";
import type { Projection } from "./projection";
import { filtersOf, type LogWindow, logWindow } from "./read-logs";

/** What `indexOnce` works on. One a process and chain: it remembers what the nodes put up with. */
export type ChainIndex = {
  network: IndexedNetwork;
  /** In the order in which they are asked. The second checks the first, and takes its place when it is silent. */
  readers: readonly ChainReader[];
  sources: readonly LogSource[];
  projections: readonly Projection[];
  db: Pick<pg.Pool, "query" | "connect">;
  filters: readonly LogFilter[];
  /** Digest of sources and projections: an index that was made of others is made anew. */
  fingerprint: string;
  window: LogWindow;
  /** False once a bloom was seen to leave a log out. */
  trustBloom: boolean;
  /** Whether this process has found the index to be its own, or made it so: once, or two versions would do it in turns. */
  adopted: boolean;
};

export type IndexedNetwork = Pick<
  Network,
  "chainId" | "blockMs" | "confirmations" | "logsQueryRange" | "startBlock"
>;

/**
 * @param options.sources what is kept beside what the projections want
 */
export function openIndex(options: {
  network: IndexedNetwork;
  readers: readonly ChainReader[];
  projections: readonly Projection[];
  sources?: readonly LogSource[];
  db: Pick<pg.Pool, "query" | "connect">;
}): ChainIndex {
  const { network, readers, projections, db } = options;
  countFromZero();
  const sources = [...(options.sources ?? []), ...projections.flatMap((projection) => projection.sources)];
  return {
    network,
    readers,
    sources,
    projections,
    db,
    filters: filtersOf(sources),
    fingerprint: fingerprintOf(network.startBlock, sources, projections),
    window: logWindow(network.logsQueryRange),
    trustBloom: true,
    adopted: false,
  };
}

/** Prometheus sees a first error only in a series that was there before. */
function countFromZero(): void {
  const { indexLogs, indexErrors, reorgDepths } = metrics();
  for (const change of ["added", "removed"]) indexLogs.of(change);
  for (const reason of FAULT_REASONS) indexErrors.of(reason);
  reorgDepths.of();
}

/** The local chain: reset, turned back and shortened at will, by whoever plays with it. */
export function isDevnet({ chainId }: IndexedNetwork): boolean {
  return chainId === 31_337;
}

function fingerprintOf(
  startBlock: number,
  sources: readonly LogSource[],
  projections: readonly Projection[],
): string {
  const content = {
    startBlock,
    sources: sources.map(({ addresses, events, topics = [] }) => [
      addresses.map((address) => address.toLowerCase()),
      events.map((event) => toEventSelector(event)),
      topics,
    ]),
    projections: projections.map(({ name }) => name),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32);
}
