import "server-only";
import { ProblemError } from "@/lib/errors";
import { type ChainPlace, findChainPlace } from "./chain-place";
import { ledgerRail } from "./ledger/ledger-rail";
import type { Rail, RailId } from "./rail";
import { streampayRail } from "./streampay/streampay-rail";
import { superfluidRail } from "./superfluid/superfluid-rail";

/** @throws ProblemError `not-available-here` for a rail that this installation does not run */
export function railFor(id: string, place: ChainPlace | null = findChainPlace()): Rail {
  const rail = availableRails(place).find((of) => of.id === id);
  if (rail) return rail;
  throw new ProblemError("not-available-here", `The ${id} rail is not available here.`, {
    extensions: { rails: availableRails(place).map((of): RailId => of.id) },
  });
}

/** The ledger, and what the chain of the settings has. */
export function availableRails(place: ChainPlace | null = findChainPlace()): Rail[] {
  if (!place) return [ledgerRail];
  const { contracts, network } = place;
  return [
    ledgerRail,
    ...(contracts.streamPay ? [streampayRail(place, contracts.streamPay)] : []),
    ...(network.superfluid ? [superfluidRail(place, network.superfluid)] : []),
  ];
}
