const sentences = {
  silent: "no node answers",
  refused: "a node refuses the question",
  "wrong-chain": "a node is on another chain",
  garbled: "a node's answer does not make sense",
  moved: "the chain moved while it was read",
  behind: "a node has forgotten blocks that it had told",
  late: "the newest block is old",
  disagree: "two nodes tell different chains",
  unlike: "two readings of the same blocks tell different events",
  "too-deep": "the chain took back more blocks than the index remembers",
  broken: "a projection or the database failed: the log says how",
  superseded: "a process with other settings or another version has taken over this index",
} as const;

export type FaultReason = keyof typeof sentences;

export const FAULT_REASONS = Object.keys(sentences) as readonly FaultReason[];

/** The detail of `silent` when a node took its question and did not answer: it may have been too much to ask. */
export const NO_ANSWER_IN_TIME = "no answer in time";

/** Why a step of the index wrote nothing. Expected: the next one tries again. Never holds a node's address: it may have a key in it. */
export class ChainFault extends Error {
  override readonly name = "ChainFault";

  constructor(
    readonly reason: FaultReason,
    /** In our own words. */
    readonly detail = "",
  ) {
    super(detail ? `${sentences[reason]}: ${detail}` : sentences[reason]);
  }
}
