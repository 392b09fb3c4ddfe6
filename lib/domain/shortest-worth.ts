import { divCeil } from "./amount";
import { PERIODS_MS, type Rate } from "./rate";

/** Fees of more than this share of what flows are not worth it: 1 in 20. */
const SHARE = 20n;

/**
 * How long a stream has to run so that the fees of opening it are below 5 % of what it moves: ms, rounded up to whole seconds.
 *
 * @param flow in the unit of `fee`
 * @param fee ≥ 0, such as base units of the dollar; null when nobody knows what it is worth
 * @returns null when the fee is not known; 0 without one
 */
export function shortestWorthMs(flow: Rate, fee: bigint | null): bigint | null {
  if (fee === null) return null;
  const ms = divCeil(fee * SHARE * flow.periodMs, flow.amount);
  return divCeil(ms, PERIODS_MS.second) * PERIODS_MS.second;
}
