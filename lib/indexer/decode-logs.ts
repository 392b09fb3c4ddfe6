import { type AbiEvent, type AbiParameter, decodeEventLog, type Hex, toEventSelector } from "viem";
import { type ChainArgs, type ChainLog, type ChainValue, isBefore } from "./chain-log";
import type { RawLog } from "./chain-reader";
import type { LogSource } from "./log-source";

/** PostgreSQL has no character 0 in its texts, and anybody may put one into an event. */
const NUL = "\u0000";
const REPLACEMENT = "\ufffd";

/**
 * Raw logs as rows. What fits no source is left out: another filter's by-catch, an event of another shape under the same
 * name (ERC-721's Transfer), or one that is about nothing of ours.
 *
 * @param atMs time of a log's block
 * @returns in the order of the chain, each once
 */
export function decodeLogs(
  chainId: number,
  sources: readonly LogSource[],
  raw: readonly RawLog[],
  atMs: (log: RawLog) => bigint,
): ChainLog[] {
  const candidates = sourcesByTopic(sources);
  const decoded = new Map<string, ChainLog>();
  const ordered = [...raw].sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
  let before: ChainLog | null = null;
  for (const log of ordered) {
    const key = `${log.blockNumber}:${log.logIndex}`;
    if (decoded.has(key)) continue;
    const adjacent: boolean =
      before?.txHash === log.txHash &&
      before.blockHash === log.blockHash &&
      before.logIndex === log.logIndex - 1;
    const previous: ChainLog | null = adjacent ? before : null;
    for (const { source, event } of candidates.get(`${log.address}:${log.topics[0]}`) ?? []) {
      if (!hasTopics(source, log.topics)) continue;
      const args = decodeArgs(event, log);
      if (!args) continue;
      const { address, blockNumber, blockHash, logIndex, txHash } = log;
      const subjects: string[] = [
        ...new Set(source.subjects({ address, event: event.name, args, before: previous })),
      ];
      if (subjects.length === 0) continue;
      before = {
        ...{ chainId, blockNumber, logIndex, blockHash, atMs: atMs(log), txHash, address },
        ...{ event: event.name, subjects, args },
      };
      decoded.set(key, before);
      break;
    }
  }
  return [...decoded.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

type Candidate = { source: LogSource; event: AbiEvent };

function sourcesByTopic(sources: readonly LogSource[]): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const source of sources)
    for (const event of source.events)
      for (const address of source.addresses) {
        const key = `${address.toLowerCase()}:${toEventSelector(event)}`;
        found.set(key, [...(found.get(key) ?? []), { source, event }]);
      }
  return found;
}

function hasTopics({ topics = [] }: LogSource, words: readonly Hex[]): boolean {
  return topics.every(
    (allowed, at) => !allowed || allowed.some((one) => one.toLowerCase() === words[at + 1]),
  );
}

/** @returns null when the log has another shape than the event */
function decodeArgs(event: AbiEvent, { topics, data }: RawLog): ChainArgs | null {
  let args: Record<string, unknown>;
  try {
    const decoded = decodeEventLog({ abi: [event], topics: topics as [Hex, ...Hex[]], data, strict: true });
    args = (decoded.args ?? {}) as Record<string, unknown>;
  } catch {
    return null;
  }
  return storedAll(args, event.inputs);
}

function storedAll(values: Record<string, unknown>, inputs: readonly AbiParameter[]): ChainArgs {
  return Object.fromEntries(
    inputs.map((input) => [input.name ?? "", stored(values[input.name ?? ""], input)]),
  );
}

function stored(value: unknown, input: AbiParameter): ChainValue {
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (typeof value === "string")
    return input.type === "string" ? value.replaceAll(NUL, REPLACEMENT) : value.toLowerCase();
  if (Array.isArray(value)) {
    const each = { ...input, type: input.type.replace(/\[\d*\]$/, "") };
    return value.map((item) => stored(item, each));
  }
  return storedAll(value as Record<string, unknown>, "components" in input ? input.components : []);
}
