import type { Operation } from "./history";

/** A thing that must not be. `check` groups them in the report. */
export type Finding = { check: Check; detail: string };

export const checks = {
  idle: "parts of the workload that never got anywhere: the run proves nothing",
  unanswered: "operations that never got an answer",
  errors: "5xx that are not a moment's trouble",
  refusals: "refusals that no honest client should see",
  divergent: "keys with different answers",
  lost: "acknowledged operations that are not in the books",
  twice: "operations that the books have more than once",
  unasked: "movements of money that nobody asked for",
  receipts: "receipts that do not hold",
  upstream: "served calls that the provider did not serve once",
  money: "balances that are not what the clients worked out",
  open: "things still under way after healing",
  invariants: "rows of prisma/invariants.sql",
} as const;
export type Check = keyof typeof checks;

/** An operation as a finding shows it. */
export function nameOf({ kind, key, actor, streamId }: Operation): string {
  return `${kind} ${key ?? "without key"} of ${actor.slice(0, 8)}…${streamId ? ` on ${streamId}` : ""}`;
}

export function finding(check: Check, detail: string): Finding {
  return { check, detail };
}
