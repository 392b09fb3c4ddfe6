import "server-only";
import { type Address, getAddress } from "viem";
import { accountSubject } from "@/lib/indexer/log-source";
import { sessionSubject } from "@/lib/indexer/sources/session-operator-source";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";
import type { ChainPlace } from "../chain-place";
import { foldSession, sessionSpent } from "./fold-session";

/** What an agent may do by a session of SessionOperator. Base units; `rateCap` a second, over all of its flows. */
export type SessionGrant = {
  id: bigint;
  agent: Address;
  token: Address;
  budget: bigint;
  spent: bigint;
  rateCap: bigint;
  expiryMs: bigint;
};

/** What an account may do with all flows of a token, without a budget: the permission that Superfluid itself keeps. */
export type OperatorGrant = {
  operator: Address;
  token: Address;
  mayCreate: boolean;
  mayUpdate: boolean;
  mayDelete: boolean;
  /** SessionOperator, which does only what a session allows. */
  isSessions: boolean;
};

export type Grants = { sessions: SessionGrant[]; operators: OperatorGrant[] };

/**
 * Who else may move an account's flows, as the index has it: sessions that are neither revoked nor over, and raw permissions that were not
 * taken back.
 */
export async function listGrants(place: ChainPlace, account: string): Promise<Grants> {
  const { chainId } = place.network;
  const { sessionOperator } = place.contracts;
  const owner = account.toLowerCase();
  const subject = accountSubject(owner);
  const logs = (await listSubjectLogs(place.db(), chainId, [subject])).get(subject) ?? [];

  const operators = new Map<string, OperatorGrant>();
  for (const { event, args } of logs) {
    if (event !== "FlowOperatorUpdated" || args.sender !== owner) continue;
    const operator = getAddress(String(args.flowOperator));
    const token = getAddress(String(args.token));
    const bits = Number(args.permissions);
    operators.set(`${token} ${operator}`, {
      ...{ operator, token },
      mayCreate: (bits & 1) !== 0,
      mayUpdate: (bits & 2) !== 0,
      mayDelete: (bits & 4) !== 0,
      isSessions: operator === sessionOperator,
    });
  }
  return {
    sessions: sessionOperator ? await openSessions(place, sessionOperator, logs, owner) : [],
    operators: [...operators.values()].filter((of) => of.mayCreate || of.mayUpdate || of.mayDelete),
  };
}

type Logs = NonNullable<ReturnType<Awaited<ReturnType<typeof listSubjectLogs>>["get"]>>;

async function openSessions(
  place: ChainPlace,
  contract: Address,
  logs: Logs,
  owner: string,
): Promise<SessionGrant[]> {
  const opened = logs.filter(({ event, args }) => event === "SessionOpened" && args.person === owner);
  if (opened.length === 0) return [];
  const subjects = opened.map(({ args }) => sessionSubject(contract, String(args.id)));
  const client = await place.client();
  const [byId, { timestamp }] = await Promise.all([
    listSubjectLogs(place.db(), place.network.chainId, subjects),
    client.getBlock(),
  ]);
  return opened.flatMap(({ args }) => {
    const session = foldSession(byId.get(sessionSubject(contract, String(args.id))) ?? []);
    if (!session || session.revoked || session.expiry <= timestamp) return [];
    const { agent, token, budget, rateCap, expiry } = session;
    return [
      {
        id: BigInt(String(args.id)),
        ...{ agent: getAddress(agent), token: getAddress(token), budget, rateCap },
        spent: sessionSpent(session, timestamp),
        expiryMs: expiry * 1_000n,
      },
    ];
  });
}
