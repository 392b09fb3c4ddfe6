import type { INVARIANT_IDS } from "@/lib/ledger/run-invariants";

type InvariantId = (typeof INVARIANT_IDS)[number];

/** What each check of prisma/invariants.sql says while it holds, for people. */
export const invariantWords: Readonly<Record<InvariantId, string>> = {
  I1: "Every entry takes from one account exactly what it gives to another.",
  I2: "Every balance is the sum of its postings.",
  I3: "No account is in debt.",
  I4: "What a stream holds back is the sum of its open holds.",
  I5: "No posting or entry was changed or removed after it was written.",
  I6: "Each operation moved its money once: no deposit, bill or refund is there twice.",
  I7: "What a stream was billed is what left its escrow.",
  I8: "What accrued is the price times the time, to the last unit.",
  I9: "Time runs forward in every stream.",
  I10: "Nothing accrues and nothing is charged beyond the deposit.",
  I12: "No stream had more calls in an hour than its tier allows.",
  I13: "Every priced call was charged once if it was served, and not at all if it was not.",
  I14: "A settled stream leaves nothing in escrow.",
  I15: "Per stream, deposits equal payouts plus refunds plus what is in escrow.",
  I17: "Every proof of payment served one call, of its own payer.",
  I18: "Only calls that were served have a receipt.",
  I19: "No paid call stays open past its time.",
  I22: "Streams on a chain are what the chain says, and contracts hold what they owe.",
  I24: "No stream waits longer than five minutes for the sweep, and no withdrawal hangs for an hour past its end.",
  I27: "What backs credit is what payments on the chain brought, less what was withdrawn, once each.",
  I28: "The server’s account on the chain holds what backs credit.",
  totals: "The market’s totals are what its streams add up to.",
};
