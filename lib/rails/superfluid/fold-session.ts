import type { ChainArgs, ChainLog } from "@/lib/indexer/chain-log";

/** A session of SessionOperator by its events. Amounts in base units of its token, times in the chain's seconds, addresses in lower case. */
export type SessionState = {
  person: string;
  agent: string;
  token: string;
  budget: bigint;
  rateCap: bigint;
  rateCapEach: bigint;
  expiry: bigint;
  revoked: boolean;
  /** What its flows had moved when it was last written down; `sessionSpent` counts what runs. */
  spent: bigint;
  flows: ReadonlyMap<string, SessionFlow>;
};

/** To one receiver. `rate` 0: it does not run, and the times mean nothing. */
export type SessionFlow = { allowed: boolean; rate: bigint; since: bigint; until: bigint };

const NO_FLOW: SessionFlow = { allowed: false, rate: 0n, since: 0n, until: 0n };

/**
 * What the contract keeps of one session, from all of its events in the order of the chain.
 *
 * @returns null when there is no such session: the block that opened it was taken back
 */
export function foldSession(logs: readonly ChainLog[]): SessionState | null {
  let session: SessionState | null = null;
  const flows = new Map<string, SessionFlow>();
  for (const { event, args, atMs } of logs) {
    if (event === "SessionOpened") session = { ...opened(args), flows };
    if (!session) continue;
    const receiver = String(args.receiver);
    const flow = flows.get(receiver) ?? NO_FLOW;
    if (event === "ReceiverSet") flows.set(receiver, { ...flow, allowed: args.allowed === true });
    if (event === "FlowSet") {
      const rate = units(args.flowRate);
      flows.set(receiver, {
        ...{ allowed: flow.allowed, rate, until: units(args.until) },
        since: rate === flow.rate ? flow.since : atMs / 1_000n, // With a new end alone, the rate runs on from when it began.
      });
      session.spent = units(args.spent);
    }
    if (event === "FlowEnded") {
      flows.set(receiver, { ...NO_FLOW, allowed: flow.allowed });
      session.spent = units(args.spent);
    }
    if (event === "SessionRevoked") session.revoked = true;
  }
  return session;
}

/** Base units that a session's flows have moved at `atSeconds`, as its `getSpent` says. */
export function sessionSpent({ spent, flows }: SessionState, atSeconds: bigint): bigint {
  return [...flows.values()].reduce(
    (sum, { rate, since }) => (rate > 0n && atSeconds > since ? sum + rate * (atSeconds - since) : sum),
    spent,
  );
}

function opened(args: ChainArgs): Omit<SessionState, "flows"> {
  const terms = args.terms as Record<string, string>;
  return {
    ...{ person: String(args.person), agent: String(args.agent), token: String(terms.token) },
    ...{ budget: units(terms.budget), rateCap: units(terms.rateCap), rateCapEach: units(terms.rateCapEach) },
    ...{ expiry: units(terms.expiry), revoked: false, spent: 0n },
  };
}

function units(value: unknown): bigint {
  return BigInt(String(value ?? 0));
}
