import type { Queryable } from "@/lib/db/pool";
import { plantBug } from "@/lib/testing/plant-bug";

/** Bugs for the throw-away database: negative controls of the verdict. Each moves money that balances. */
export const plants = {
  /** A served call takes its price twice. */
  "double-charge": (db: Queryable) =>
    plantBug(
      db,
      "complete_requests",
      "s.used := s.used + set_aside;",
      "s.used := s.used + least(2 * set_aside, stream_available(s));",
    ),
  /** What accrued is paid out twice, under two keys. */
  "double-bill": (db: Queryable) =>
    plantBug(
      db,
      "stream_bill",
      "s.billed := s.billed + delta;",
      `s.billed := s.billed + delta;
       PERFORM post_entry('bill:' || s.id || ':' || s.next_bill || ':again', p_kind, s.id, s.receiver, s.last_ms, '{}',
                          escrow_of(s), wallet_of(s.receiver), least(delta, s.funded - s.billed));`,
    ),
  /** An operation key is looked up but never found: what is sent three times happens three times. */
  "forgotten-key": async (db: Queryable) => {
    await db.query("drop index if exists journal_entry_operation");
    await plantBug(db, "claim_operation", "IF FOUND THEN RETURN NULL; END IF;", "RETURN NULL;");
  },
} as const;
