import "server-only";
import type { Queryable } from "@/lib/db/pool";
import type { Intent, IntentError, IntentState } from "./intent";
import type { Lane } from "./lane";

/** What a step found out. `waitMs`: until the next look; absent: nobody looks again. */
export type Found = {
  state: IntentState;
  waitMs?: number;
  tries?: number;
  sent?: boolean;
  block?: { txHash: string; number: bigint; hash: string; cost: bigint };
  error?: { code: IntentError | null; text: string };
};

/**
 * Writes what was found out about a claimed intent, unless somebody has claimed it since.
 *
 * @returns false, and nothing is written, when somebody has
 */
export async function writeIntent(
  db: Queryable,
  { id, version }: Pick<Intent, "id" | "version">,
  found: Found,
): Promise<boolean> {
  const { state, waitMs = 0, tries, sent = false, block, error } = found;
  const { rowCount } = await db.query({
    text: `update chain_intent set state = $3, due_ms = clock_ms() + $4::bigint, tries = coalesce($5, tries),
        sent_ms = case when $6 then clock_ms() else sent_ms end,
        tx_hash = case when $3 in ('signed', 'submitted') then null else coalesce($7, tx_hash) end,
        block_number = coalesce($8, block_number), block_hash = coalesce($9, block_hash), cost = coalesce($10, cost),
        confirmed_ms = case when $3 in ('confirmed', 'final') then coalesce(confirmed_ms, clock_ms()) when $3 = 'failed' then confirmed_ms end,
        ended_ms = case when $3 in ('final', 'failed') then clock_ms() end,
        error_code = $11, error = coalesce($12, case when $3 in ('confirmed', 'final') then null else error end)
      where id = $1 and version = $2`,
    values: [
      ...[id, version.toString(), state, waitMs, tries ?? null, sent],
      ...[block?.txHash ?? null, block?.number.toString() ?? null, block?.hash ?? null],
      ...[block?.cost.toString() ?? null, error?.code ?? null, error?.text ?? null],
    ],
  });
  return rowCount === 1;
}

/** Refusals in a row after which a target is left alone, and for how long at first: twice as long with each more. */
const FAILURE_BUDGET = 5;
const QUARANTINE_MS = 60_000;
const QUARANTINE_DOUBLINGS = 10;

/** Counts a refusal of the target's, or forgets them all after a success. */
export async function noteTarget({ db, network }: Lane, target: string, succeeded: boolean): Promise<void> {
  if (succeeded) {
    await db.query("delete from chain_target where chain_id = $1 and target = $2", [network.chainId, target]);
    return;
  }
  await db.query(
    `insert into chain_target as t (chain_id, target, failures) values ($1, $2, 1)
     on conflict (chain_id, target) do update set failures = t.failures + 1, quarantined_until_ms = case
       when t.failures + 1 < $3 then 0 else clock_ms() + $4::bigint * (1 << least(t.failures + 1 - $3, $5)) end`,
    [network.chainId, target, FAILURE_BUDGET, QUARANTINE_MS, QUARANTINE_DOUBLINGS],
  );
}
