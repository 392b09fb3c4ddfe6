import { divCeil, divFloor, smallerOf } from "@/lib/domain/amount";

/** A payer's account of the super token before a plan: base units, `netPerSecond` signed. */
export type Before = { available: bigint; netPerSecond: bigint };

/**
 * What a plan needs so that the payer's balance lasts for a time, every other flow of the account counted: they share one balance.
 *
 * @param plan.more base units a second that the plan adds to what flows out
 * @param plan.locked base units that its opening adds to the buffers
 * @returns base units of the super token that are not there yet
 */
export function missingFor(
  { available, netPerSecond }: Before,
  { more, locked, durationMs }: { more: bigint; locked: bigint; durationMs: bigint },
): bigint {
  const net = netPerSecond - more;
  const spent = net < 0n ? divCeil(-net * durationMs, 1_000n) : 0n;
  const needed = locked + spent;
  return needed > available ? needed - available : 0n;
}

/** A balance that lasts longer is said to last a hundred years, which every number of ms can carry. */
const ENDLESS_MS = 100n * 365n * 86_400_000n;

/** How long the balance lasts then, in ms rounded down; null when as much comes in as goes out. */
export function runwayAfter(
  { available, netPerSecond }: Before,
  { more, locked, wrapped }: { more: bigint; locked: bigint; wrapped: bigint },
): bigint | null {
  const net = netPerSecond - more;
  if (net >= 0n) return null;
  const left = available + wrapped - locked;
  return left > 0n ? smallerOf(divFloor(left * 1_000n, -net), ENDLESS_MS) : 0n;
}
