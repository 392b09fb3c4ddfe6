import type { Address } from "viem";
import type { Allocation } from "@/lib/domain/flow-allocations";
import { MOST_ROWS } from "./flow-table";

/**
 * The one flow that a sender has to a receiver: base units a second in all, and which listings get how much of that. Rate 0: there is no
 * flow. What the rate has above its table is another application's.
 */
export type Flow = {
  readonly sender: Address;
  readonly receiver: Address;
  readonly rate: bigint;
  readonly table: readonly Allocation[];
};

/** A flow as it is, and as it shall be. */
export type FlowChange = { readonly from: Flow; readonly to: Flow };

/**
 * Gives a listing `plan.rate` of the flow, in place of what it got.
 *
 * @throws RangeError unless that is above zero, or when the flow has no room for one plan more
 */
export function withPlan(flow: Flow, plan: Allocation): FlowChange {
  if (plan.rate <= 0n) throw new RangeError("A plan without a rate is closed, not opened.");
  const before = flow.table.find(({ tag }) => tag === plan.tag);
  const table = before ? flow.table.map((row) => (row === before ? plan : row)) : [...flow.table, plan];
  if (table.length > MOST_ROWS) throw new RangeError(`A flow carries at most ${MOST_ROWS} plans.`);
  return { from: flow, to: { ...flow, rate: flow.rate - (before?.rate ?? 0n) + plan.rate, table } };
}

/**
 * Takes plans out of the flow; the rest of it stays.
 *
 * @throws RangeError when one of them is not in its table, or its table is more than its rate
 */
export function withoutPlans(flow: Flow, tags: readonly bigint[]): FlowChange {
  const gone = flow.table.filter(({ tag }) => tags.includes(tag));
  if (gone.length === 0 || gone.length !== new Set(tags).size)
    throw new RangeError("The flow has no such plan.");
  const rate = gone.reduce((left, row) => left - row.rate, flow.rate);
  if (rate < 0n) throw new RangeError("The plans are more than the flow.");
  return { from: flow, to: { ...flow, rate, table: flow.table.filter((row) => !gone.includes(row)) } };
}
