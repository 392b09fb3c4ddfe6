import "server-only";
import { ProblemError } from "@/lib/errors";
import { ledgerRail } from "./ledger/ledger-rail";
import type { Rail } from "./rail";

const rails: ReadonlyMap<string, Rail> = new Map([[ledgerRail.id, ledgerRail]]);

/** @throws ProblemError `not-available-here` for a rail that this installation does not run */
export function railFor(id: string): Rail {
  const rail = rails.get(id);
  if (!rail) throw new ProblemError("not-available-here", `The ${id} rail is not available here.`);
  return rail;
}
