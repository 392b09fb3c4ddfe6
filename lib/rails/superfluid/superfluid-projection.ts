import "server-only";
import type { Address, Hex } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import type { Queryable } from "@/lib/db/pool";
import type { FlowEvent, RealTimeBalance } from "@/lib/domain/flow-allocations";
import type { ChainLog } from "@/lib/indexer/chain-log";
import type { ChainChange, Projection } from "@/lib/indexer/projection";
import { flowSource, superTokenSource } from "@/lib/indexer/sources/superfluid-sources";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import type { Block } from "../block";
import { decodeFlowTable } from "./flow-table";
import { type FlowName, mirrorFlow } from "./mirror-flow";
import { balanceKey, readBalances } from "./read-balances";

type Balances = ReadonlyMap<string, RealTimeBalance>;

/** Keeps the market's mirror of each Superfluid flow as its logs say, funded by what its sender had when the step was read. */
export function superfluidProjection(
  cfa: Address,
  tokens: readonly Address[],
  client: () => Promise<ChainClient>,
): Projection {
  return {
    name: "superfluid-2",
    sources: [flowSource(cfa, tokens), superTokenSource(tokens)],
    async read(change): Promise<Balances> {
      const senders = flowsIn(change).map(({ token, sender }) => ({ token, account: sender }));
      return readBalances(await client(), uniqueBy(senders, balanceKey));
    },
    async apply(db, change, read) {
      for (const flow of flowsIn(change))
        await projectFlow(db, flow, {
          ...{ balances: read as Balances, confirmedTo: change.confirmedTo, block: change.head },
          whole: await isWhole(db, change),
        });
    },
  };
}

/**
 * Folds all logs of one flow and mirrors what comes out.
 *
 * @param of.balances must have the flow's sender
 */
export async function projectFlow(
  db: Queryable,
  flow: FlowName,
  of: { balances: Balances; confirmedTo: bigint; block: Block; whole: boolean },
): Promise<void> {
  const balance = of.balances.get(balanceKey({ token: flow.token, account: flow.sender }));
  if (!balance) throw new Error(`The balance of ${flow.sender} was not read.`);
  const subject = flowSubjectOf(flow);
  const logs = (await listSubjectLogs(db, flow.chainId, [subject])).get(subject) ?? [];
  const agreements = logs[0]?.subjects.filter((name) => name.startsWith("agreement:")) ?? [];
  const liquidations = [...(await listSubjectLogs(db, flow.chainId, agreements)).values()]
    .flat()
    .filter(({ event }) => event === "AgreementLiquidatedV2");
  const ended = new Set(liquidations.map(({ txHash }) => txHash));
  await mirrorFlow(db, flow, flowEvents(logs, ended, of.confirmedTo), { ...of, balance });
}

/** While the index fills up, the logs of a flow come bit by bit. */
async function isWhole(db: Queryable, { chainId, head }: ChainChange): Promise<boolean> {
  const { rows } = await db.query<{ head_number: string }>(
    "select head_number from chain_cursor where chain_id = $1",
    [chainId],
  );
  return head.number >= BigInt(rows[0]?.head_number ?? 0);
}

/** The changes that logs of one flow tell. @param liquidations transactions in which somebody else ended it */
export function flowEvents(
  logs: readonly ChainLog[],
  liquidations: ReadonlySet<string>,
  confirmedTo: bigint,
): FlowEvent[] {
  return logs
    .filter(({ event }) => event === "FlowUpdated")
    .map(({ args, atMs, txHash, blockNumber }) => ({
      rate: BigInt(String(args.flowRate)),
      table: decodeFlowTable(String(args.userData) as Hex),
      atMs,
      tx: txHash,
      confirmed: blockNumber <= confirmedTo,
      liquidated: liquidations.has(txHash),
    }));
}

function flowSubjectOf({ token, sender, receiver }: FlowName): string {
  return `flow:${token}:${sender}:${receiver}`;
}

/** The flows that a step touches, each once. */
function flowsIn({ chainId, added, removed, confirmed }: ChainChange): FlowName[] {
  const flows = [...added, ...removed, ...confirmed]
    .filter(({ event }) => event === "FlowUpdated")
    .map(({ args }) => ({
      chainId,
      token: String(args.token),
      sender: String(args.sender),
      receiver: String(args.receiver),
    }));
  return uniqueBy(flows, flowSubjectOf);
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
