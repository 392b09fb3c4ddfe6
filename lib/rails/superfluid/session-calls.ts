import { type Address, encodeFunctionData } from "viem";
import { sessionOperatorAbi } from "@/contracts-abi/session-operator";
import { cfaAbi, cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { BEYOND_BUDGET } from "@/lib/domain/beyond-budget";
import type { ChainCall } from "../chain-call";
import { shortAddress, tokens } from "../erc20-calls";
import { agreementOperation, batchCall, forwardAsSenderOperation } from "./host-operations";
import type { SuperfluidPlace } from "./superfluid-calls";

/** Create, update and delete. */
const ALL_PERMISSIONS = 7;
/** Superfluid uses an allowance of rates up and gives nothing back: what binds the agent is the session. */
const INT96_MAX = (1n << 95n) - 1n;

/** What an agent may do: base units of the super token, rates a second, `expirySeconds` of the chain's clock. */
export type SessionTerms = {
  agent: Address;
  budget: bigint;
  rateCap: bigint;
  rateCapEach: bigint;
  expirySeconds: bigint;
  receivers: readonly Address[];
};

/** Makes SessionOperator a flow operator and opens a session of an agent, in one transaction. */
export function grantSessionCall(
  { host, cfa, token }: SuperfluidPlace,
  sessionOperator: Address,
  { agent, budget, rateCap, rateCapEach, expirySeconds, receivers }: SessionTerms,
): ChainCall {
  const permission = encodeFunctionData({
    abi: cfaAbi,
    functionName: "updateFlowOperatorPermissions",
    args: [token.address, sessionOperator, ALL_PERMISSIONS, INT96_MAX, "0x"],
  });
  const terms = { agent, token: token.address, budget, rateCap, rateCapEach, expiry: expirySeconds };
  const open = encodeFunctionData({
    abi: sessionOperatorAbi,
    functionName: "openSession",
    args: [terms, receivers],
  });
  const to = receivers.length === 1 ? "1 receiver" : `${receivers.length} receivers`;
  return batchCall(
    host,
    [agreementOperation(cfa, permission), forwardAsSenderOperation(sessionOperator, open)],
    `Let ${shortAddress(agent)} stream at most ${tokens(budget, token)} to ${to} until ${new Date(Number(expirySeconds) * 1_000).toISOString()}. ${BEYOND_BUDGET}`,
  );
}

/** Ends a session for good; with `stopFlows` its flows end in the same transaction. */
export function revokeSessionCall(
  sessionOperator: Address,
  { id, stopFlows }: { id: bigint; stopFlows: boolean },
): ChainCall {
  return {
    to: sessionOperator,
    data: encodeFunctionData({ abi: sessionOperatorAbi, functionName: "revoke", args: [id, stopFlows] }),
    value: 0n,
    says: `End session ${id} of your agent${stopFlows ? " and stop its streams" : ""}.`,
  };
}

/** Takes every permission over flows of a token back from an operator, whoever gave it. Running flows run on. */
export function revokeOperatorCall({ cfaForwarder, token }: SuperfluidPlace, operator: Address): ChainCall {
  return {
    to: cfaForwarder,
    data: encodeFunctionData({
      abi: cfaV1ForwarderAbi,
      functionName: "revokePermissions",
      args: [token.address, operator],
    }),
    value: 0n,
    says: `Take back what ${shortAddress(operator)} may do with your ${token.symbol} streams.`,
  };
}
