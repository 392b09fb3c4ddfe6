import { type Hex, toEventSelector } from "viem";
import { mayHave } from "./bloom";
import { ChainFault, NO_ANSWER_IN_TIME } from "./chain-fault";
import type { ChainReader, Header, LogFilter, RawLog } from "./chain-reader";
import type { LogSource } from "./log-source";
import { mapLimited } from "./map-limited";

const AT_ONCE = 8;

/** How many blocks one question about logs covers: as many as the node puts up with. */
export type LogWindow = { size: number; readonly most: number };

export function logWindow(most: number): LogWindow {
  return { size: most, most };
}

/** The fewest questions that get what all sources want: one for those that take any argument, one each for the others. */
export function filtersOf(sources: readonly LogSource[]): LogFilter[] {
  const lower = (words: readonly Hex[]) => words.map((word) => word.toLowerCase() as Hex);
  const selectors = (of: readonly LogSource[]) => [
    ...new Set(of.flatMap(({ events }) => events.map((event) => toEventSelector(event)))),
  ];
  const addresses = (of: readonly LogSource[]) => [
    ...new Set(of.flatMap((source) => lower(source.addresses))),
  ];
  const open = sources.filter(({ topics }) => !topics?.some(Boolean));
  const narrow = sources.filter(({ topics }) => topics?.some(Boolean));
  const filters = [
    ...(open.length > 0 ? [{ address: addresses(open), topics: [selectors(open)] }] : []),
    ...narrow.map((source) => ({
      address: addresses([source]),
      topics: [selectors([source]), ...(source.topics ?? []).map((words) => words && lower(words))],
    })),
  ].filter(({ address }) => address.length > 0);
  return [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];
}

/**
 * Logs of single blocks, each asked for by its hash, so that they are of that block and no other. What a block's bloom rules
 * out is not asked for.
 *
 * @param trustBloom false on a chain whose blooms have been seen to leave logs out
 */
export async function readBlockLogs(
  reader: ChainReader,
  filters: readonly LogFilter[],
  headers: readonly Header[],
  trustBloom: boolean,
): Promise<RawLog[]> {
  const questions = headers.flatMap((header) =>
    filters
      .filter((filter) => !trustBloom || mayHave(header.bloom, filter))
      .map((filter) => ({ header, filter })),
  );
  return (await mapLimited(questions, AT_ONCE, ({ header, filter }) => reader.logs(filter, header))).flat();
}

/**
 * Logs of a long stretch, in as many questions as the node wants. It is halved when it is too much, and doubled again after
 * each answer.
 *
 * @throws ChainFault
 */
export async function readRangeLogs(
  reader: ChainReader,
  filters: readonly LogFilter[],
  { from, to }: { from: bigint; to: bigint },
  window: LogWindow,
): Promise<RawLog[]> {
  const logs: RawLog[] = [];
  for (let next = from; next <= to; ) {
    const last = next + BigInt(window.size) - 1n;
    const end = last < to ? last : to;
    try {
      for (const filter of filters) logs.push(...(await reader.logs(filter, { from: next, to: end })));
      next = end + 1n;
      window.size = Math.min(window.most, window.size * 2);
    } catch (error) {
      if (next === end || !mayBeTooMuch(error)) throw error;
      window.size = Math.max(1, Math.floor(Number(end - next + 1n) / 2));
    }
  }
  return logs;
}

/** Nodes have no common way to say that a question asks for too much: some refuse, with one code or another, and some just take too long. */
function mayBeTooMuch(error: unknown): boolean {
  if (!(error instanceof ChainFault)) return false;
  return error.reason === "refused" || (error.reason === "silent" && error.detail === NO_ANSWER_IN_TIME);
}
