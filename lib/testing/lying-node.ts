import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { randomSource } from "./random-source";

type Question = { id: number; method: string; params: unknown[] };
/** What an honest node answers: its fields are kept as they are, and the lies look into `result` alone. */
type Answer = { id: number; result?: unknown };
type Item = Record<string, unknown>;

/**
 * What it can do to an answer: an old head; one event missing; none at all; an event or a block of another block; an event that
 * never was; no block where there is one; status 502; an answer of another shape; "too much"; nothing in time.
 */
export type Lie =
  | "oldHead"
  | "dropLog"
  | "noLogs"
  | "foreignHash"
  | "inventLog"
  | "noBlock"
  | "serverError"
  | "garbage"
  | "tooMuch"
  | "silence";

const FOREIGN = `0x${"f0".repeat(32)}`;

/**
 * A node in front of an honest one that lies now and then. `told` counts the lies by kind.
 *
 * @param options.rate of all answers, 0 to 1; change it at any time
 * @param options.widest blocks that it wants to look for events in at once: more is always too much
 */
export async function startLyingNode(
  honestUrl: string,
  random: ReturnType<typeof randomSource>,
  options: { lies: readonly Lie[]; rate: number; silenceMs?: number; widest?: number },
) {
  const heads: unknown[] = [];
  const told: Partial<Record<Lie, number>> = {};

  async function honest(body: string): Promise<Answer> {
    const response = await fetch(honestUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return (await response.json()) as Answer;
  }

  /** @returns null when this lie does not fit the question: the truth is told then */
  function spoil(lie: Lie, { method, params }: Question, answer: Answer): object | string | null {
    const { result } = answer;
    const logs: Item[] | null = method === "eth_getLogs" && Array.isArray(result) ? result : null;
    const block = method === "eth_getBlockByNumber" ? ((result ?? null) as Item | null) : null;
    const at = logs && logs.length > 0 ? random.below(logs.length) : -1;
    const log = logs?.[at];
    if (lie === "oldHead" && block && params[0] === "latest" && heads.length > 0)
      return { ...answer, result: random.pick(heads) };
    if (lie === "dropLog" && log) return { ...answer, result: logs.filter((one) => one !== log) };
    if (lie === "noLogs" && log) return { ...answer, result: [] };
    if (lie === "inventLog" && log)
      return { ...answer, result: [...logs, { ...logs.at(-1), logIndex: "0xffff", data: log.data }] };
    if (lie === "foreignHash" && log)
      return { ...answer, result: logs.with(at, { ...log, blockHash: FOREIGN }) };
    if (lie === "foreignHash" && block) return { ...answer, result: { ...block, hash: FOREIGN } };
    if (lie === "noBlock" && block && params[0] !== "latest") return { ...answer, result: null };
    if (lie === "garbage") return random.below(2) ? { ...answer, result: { number: 7 } } : "<html>";
    if (lie === "tooMuch" && logs)
      return { id: answer.id, jsonrpc: "2.0", error: { code: -32_005, message: "more than 10000 results" } };
    return null;
  }

  function lieAbout(question: Question): Lie | null {
    if (question.method === "eth_getLogs" && blocksOf(question) > (options.widest ?? Infinity))
      return "tooMuch";
    return random.below(1_000_000) < options.rate * 1_000_000 ? random.pick(options.lies) : null;
  }

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const question = JSON.parse(body) as Question;
    const answer = await honest(body);
    if (question.method === "eth_getBlockByNumber" && question.params[0] === "latest") {
      heads.push(answer.result);
      if (heads.length > 30) heads.shift();
    }
    const lie = lieAbout(question);
    const spoilt = lie && spoil(lie, question, answer);
    if (lie && (spoilt || lie === "serverError" || lie === "silence")) told[lie] = (told[lie] ?? 0) + 1;
    if (lie === "silence") await sleep(options.silenceMs ?? 300);
    response.writeHead(lie === "serverError" ? 502 : 200, { "content-type": "application/json" });
    response.end(typeof spoilt === "string" ? spoilt : JSON.stringify(spoilt ?? answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    options,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Blocks that a question about events covers. */
function blocksOf({ params }: Question): number {
  const { fromBlock, toBlock } = params[0] as { fromBlock?: string; toBlock?: string };
  return fromBlock && toBlock ? Number(toBlock) - Number(fromBlock) + 1 : 1;
}
