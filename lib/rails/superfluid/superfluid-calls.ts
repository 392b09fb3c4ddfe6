import { type Address, encodeFunctionData } from "viem";
import { cfaV1ForwarderAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { divCeil } from "@/lib/domain/amount";
import type { Allocation } from "@/lib/domain/flow-allocations";
import type { CallToken, ChainCall } from "../chain-call";
import { approveCall, permitCalldata, type SignedPermit, shortAddress, tokens } from "../erc20-calls";
import { type Flow, type FlowChange, withoutPlans, withPlan } from "./flow-plans";
import { encodeFlowTable } from "./flow-table";
import {
  batchCall,
  flowOperation,
  forwardOperation,
  type HostOperation,
  upgradeOperation,
} from "./host-operations";

/** Superfluid on one network, and a super token with what it wraps; `underlying` null where that is the network's coin. */
export type SuperfluidPlace = {
  host: Address;
  cfa: Address;
  cfaForwarder: Address;
  token: CallToken;
  underlying: CallToken | null;
};

/**
 * What to wrap first: `amount` base units of the super token, 0 for nothing, and how it may be taken: `allowance` base units of the underlying
 * token that the super token may take already, or a permit for exactly `underlyingAmount`.
 */
export type Wrap = { amount: bigint; allowance: bigint; permit?: SignedPermit | undefined };

/**
 * Gives a listing `plan.rate` of the flow to its receiver: opens the flow, or changes it to the sum of all plans, since there is one flow a pair.
 * What is to be wrapped goes into the same transaction. Without a permit or enough allowance, an exact approval comes before it.
 */
export function openCalls(place: SuperfluidPlace, flow: Flow, plan: Allocation, wrap: Wrap): ChainCall[] {
  const { approval, operations } = wrapping(place, flow.sender, wrap);
  const change = withPlan(flow, plan);
  const verb = flow.table.some(({ tag }) => tag === plan.tag) ? "change" : "open";
  const what = `the stream to ${shortAddress(flow.receiver)}: ${perDay(plan.rate, place.token)}.`;
  if (operations.length === 0)
    return [flowCall(place, change, `${verb === "open" ? "Open" : "Change"} ${what}`)];
  const opening = flowOperation(place.cfa, place.token.address, change);
  const says = `Wrap ${tokens(wrap.amount, place.token)} and ${verb} ${what}`;
  return [...approval, batchCall(place.host, [...operations, opening], says)];
}

/** Changes what a listing gets, out of the balance that is there. */
export function updateCall(place: SuperfluidPlace, flow: Flow, plan: Allocation): ChainCall {
  const says = `Change the stream to ${shortAddress(flow.receiver)}: ${perDay(plan.rate, place.token)}.`;
  return flowCall(place, withPlan(flow, plan), says);
}

/**
 * Ends plans of one flow. The others run on: the flow is changed to the rest, and deleted when nothing is left.
 *
 * @throws RangeError when the flow has no such plan
 */
export function closeCall(place: SuperfluidPlace, flow: Flow, tags: readonly bigint[]): ChainCall {
  const change = withoutPlans(flow, tags);
  const whole = change.to.rate === 0n;
  const says = whole
    ? `Close the stream to ${shortAddress(flow.receiver)}: its buffer comes back.`
    : `Close ${tags.length === 1 ? "a plan" : `${tags.length} plans`} of the stream to ${shortAddress(flow.receiver)}: the rest runs on.`;
  return flowCall(place, change, says);
}

/** Ends plans of several flows of one sender in one transaction, all or none. @throws RangeError for none */
export function closeFlowsCall(
  place: SuperfluidPlace,
  closing: readonly { flow: Flow; tags: readonly bigint[] }[],
): ChainCall {
  const [first, second] = closing;
  if (!first) throw new RangeError("There is nothing to close.");
  if (!second) return closeCall(place, first.flow, first.tags);
  const plans = closing.reduce((sum, { tags }) => sum + tags.length, 0);
  return batchCall(
    place.host,
    closing.map(({ flow, tags }) => flowOperation(place.cfa, place.token.address, withoutPlans(flow, tags))),
    `Close ${plans} plans with ${closing.length} receivers at once: their buffers come back.`,
  );
}

/** Wraps: one transaction with a permit or enough allowance, else two. */
export function wrapCalls(place: SuperfluidPlace, owner: Address, wrap: Wrap): ChainCall[] {
  const { approval, operations } = wrapping(place, owner, wrap);
  if (operations.length === 0) return [];
  return [...approval, batchCall(place.host, operations, `Wrap ${tokens(wrap.amount, place.token)}.`)];
}

/** Turns base units of the super token back into what it wraps. What is locked as a buffer cannot be. */
export function unwrapCall({ token, underlying }: SuperfluidPlace, amount: bigint): ChainCall {
  return {
    to: token.address,
    data: encodeFunctionData({ abi: superTokenAbi, functionName: "downgrade", args: [amount] }),
    value: 0n,
    says: `Unwrap ${tokens(amount, token)}${underlying ? ` into ${underlying.symbol}` : ""}.`,
  };
}

/**
 * What to wrap so that at least `missing` comes: whole base units of the underlying token, because a super token takes no fraction of one.
 *
 * @param missing base units of the super token, ≥ 0
 */
export function wrapAmount(place: Pick<SuperfluidPlace, "token" | "underlying">, missing: bigint): bigint {
  return divCeil(missing, underlyingUnit(place)) * underlyingUnit(place);
}

/** What wrapping takes, in base units of the underlying token. @param amount as `wrapAmount` gives it */
export function underlyingAmount(
  place: Pick<SuperfluidPlace, "token" | "underlying">,
  amount: bigint,
): bigint {
  return divCeil(amount, underlyingUnit(place));
}

/** Base units of the super token, which has 18 decimals, that one base unit of what it wraps becomes. */
function underlyingUnit({ token, underlying }: Pick<SuperfluidPlace, "token" | "underlying">): bigint {
  return 10n ** BigInt(token.decimals - (underlying ?? token).decimals);
}

function wrapping(
  place: SuperfluidPlace,
  owner: Address,
  { amount, allowance, permit }: Wrap,
): { approval: ChainCall[]; operations: HostOperation[] } {
  if (amount === 0n) return { approval: [], operations: [] };
  const { token, underlying } = place;
  if (!underlying)
    throw new RangeError(`${token.symbol} wraps the network's coin: nothing here pays with that.`);
  const value = underlyingAmount(place, amount);
  const upgrade = upgradeOperation(token.address, amount);
  if (permit) {
    const data = permitCalldata({ owner, spender: token.address, value }, permit);
    return { approval: [], operations: [forwardOperation(underlying.address, data), upgrade] };
  }
  const approve = approveCall({ token: underlying, spender: token.address, to: token.symbol, amount: value });
  return { approval: allowance >= value ? [] : [approve], operations: [upgrade] };
}

/** Through the forwarder, which needs no host context and which wallets know by its address. */
function flowCall(
  { cfaForwarder, token }: SuperfluidPlace,
  { from, to }: FlowChange,
  says: string,
): ChainCall {
  const { sender, receiver, rate, table } = to;
  const userData = encodeFlowTable(table);
  const call = { abi: cfaV1ForwarderAbi } as const;
  const data =
    rate === 0n
      ? encodeFunctionData({
          ...call,
          functionName: "deleteFlow",
          args: [token.address, sender, receiver, userData],
        })
      : encodeFunctionData({
          ...call,
          functionName: from.rate === 0n ? "createFlow" : "updateFlow",
          args: [token.address, sender, receiver, rate, userData],
        });
  return { to: cfaForwarder, data, value: 0n, says };
}

/** "1 USDCx a day", to six digits: a rate a second would say nothing to a person. */
function perDay(rate: bigint, token: CallToken): string {
  const step = 10n ** BigInt(Math.max(token.decimals - 6, 0));
  return `${tokens(divCeil(rate * 86_400n, step) * step, token)} a day`;
}
