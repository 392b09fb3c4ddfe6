import "server-only";
import {
  BaseError,
  type Hex,
  HttpRequestError,
  numberToHex,
  type PublicClient,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { z } from "zod";
import { ChainFault, NO_ANSWER_IN_TIME } from "./chain-fault";
import type { BlockRef } from "./chain-log";

export type Header = BlockRef & {
  parentHash: Hex;
  /** Null where the node does not tell it. */
  bloom: Hex | null;
};

/** Any of the addresses, and at each position any of the topics. */
export type LogFilter = { address: readonly Hex[]; topics: readonly (readonly Hex[] | null)[] };

export type RawLog = {
  address: Hex;
  topics: readonly Hex[];
  data: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  logIndex: number;
  txHash: Hex;
  /** Of its block; null where the node does not tell it with the log. */
  atMs: bigint | null;
};

/** Inclusive. */
export type BlockRange = { from: bigint; to: bigint };

/** One node, as the index asks it: answers are parsed, and checked against the question. All throw `ChainFault`. */
export type ChainReader = {
  chainId(): Promise<number>;
  head(): Promise<Header>;
  /** Null when the node has no such block. */
  block(number: bigint): Promise<Header | null>;
  /**
   * In the order of the chain. By hash when it must be that block: a node that does not know it says so, where a range just
   * comes back empty (EIP-234).
   *
   */
  logs(filter: LogFilter, at: Pick<BlockRef, "number" | "hash"> | BlockRange): Promise<RawLog[]>;
};

const hex = z
  .string()
  .regex(/^0x[0-9a-f]*$/i)
  .transform((text) => text.toLowerCase() as Hex);
const hash = hex.refine((text) => text.length === 66);
const quantity = z
  .string()
  .regex(/^0x[0-9a-f]{1,16}$/i)
  .transform(BigInt);

const blockAnswer = z.object({
  number: quantity,
  hash,
  parentHash: hash,
  timestamp: quantity,
  logsBloom: hex.refine((text) => text.length === 514).nullish(),
});

const logsAnswer = z.array(
  z.object({
    address: hex.refine((text) => text.length === 42),
    topics: z.array(hash).max(4),
    data: hex,
    blockNumber: quantity,
    blockHash: hash,
    blockTimestamp: quantity.nullish(),
    transactionHash: hash,
    logIndex: quantity,
    removed: z.literal(false).nullish(),
  }),
);

/** @param client of one node alone, so that what it tells is one story */
export function chainReader(client: Pick<PublicClient, "request">): ChainReader {
  async function block(tag: Hex | "latest"): Promise<Header | null> {
    const answer = await ask(() =>
      client.request({ method: "eth_getBlockByNumber", params: [tag, false] }, { dedupe: false }),
    );
    if (answer === null) return null;
    const { number, timestamp, logsBloom, ...rest } = parse(blockAnswer, answer);
    if (tag !== "latest" && number !== BigInt(tag))
      throw new ChainFault("garbled", "another block than asked for");
    return { ...rest, number, atMs: timestamp * 1000n, bloom: logsBloom ?? null };
  }

  return {
    async chainId() {
      const answer = await ask(() => client.request({ method: "eth_chainId" }, { dedupe: false }));
      return Number(parse(quantity, answer));
    },
    async head() {
      const head = await block("latest");
      if (!head) throw new ChainFault("garbled", "a chain without a head");
      return head;
    },
    block: (number) => block(numberToHex(number)),
    async logs(filter, at) {
      const range =
        "hash" in at
          ? { blockHash: at.hash }
          : { fromBlock: numberToHex(at.from), toBlock: numberToHex(at.to) };
      const question = {
        address: [...filter.address],
        topics: filter.topics.map((words) => (words ? [...words] : null)),
        ...range,
      };
      const answer = await ask(() =>
        client.request({ method: "eth_getLogs", params: [question] }, { dedupe: false }),
      );
      const logs = parse(logsAnswer, answer).map(
        ({ transactionHash, blockTimestamp, logIndex, removed, ...log }): RawLog => ({
          ...log,
          logIndex: Number(logIndex),
          txHash: transactionHash,
          atMs: blockTimestamp == null ? null : blockTimestamp * 1000n,
        }),
      );
      checkAnswers(logs, filter, at);
      return logs;
    },
  };
}

/** Turns what viem throws into a fault without the node's address in it. */
async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const told = error.walk((cause) => cause instanceof RpcRequestError);
    if (told instanceof RpcRequestError) throw new ChainFault("refused", `code ${told.code}`);
    if (error.walk((cause) => cause instanceof TimeoutError))
      throw new ChainFault("silent", NO_ANSWER_IN_TIME);
    const http = error.walk((cause) => cause instanceof HttpRequestError);
    const status = http instanceof HttpRequestError ? http.status : undefined;
    if (status === 400 || status === 413) throw new ChainFault("refused", `status ${status}`);
    throw new ChainFault("silent", status ? `status ${status}` : error.name);
  }
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ChainFault("garbled", parsed.error.issues[0]?.path.join(".") || "not what was asked for");
}

/** What was not asked for would be written as if it had been. */
function checkAnswers(
  logs: readonly RawLog[],
  { address, topics }: LogFilter,
  at: Pick<BlockRef, "number" | "hash"> | BlockRange,
): void {
  const { from, to } = "hash" in at ? { from: at.number, to: at.number } : at;
  for (const [index, log] of logs.entries()) {
    const before = logs[index - 1];
    const fits =
      log.blockNumber >= from &&
      log.blockNumber <= to &&
      (!("hash" in at) || log.blockHash === at.hash) &&
      address.includes(log.address) &&
      topics.every((words, position) => !words || words.includes(log.topics[position] ?? "0x")) &&
      (!before ||
        before.blockNumber < log.blockNumber ||
        (before.blockNumber === log.blockNumber && before.logIndex < log.logIndex));
    if (!fits) throw new ChainFault("garbled", "a log that was not asked for, or out of order");
  }
}
