/** What the clients of one run did and were told. The verdict compares it with the books. */
export type OperationKind =
  | "credit"
  | "open"
  | "open-402"
  | "top-up"
  | "tier"
  | "pause"
  | "resume"
  | "close"
  | "collect"
  | "call";

/** A definite answer: the operation was done, or it was refused. */
export type Answer = {
  done: boolean;
  status: number;
  code: string | null;
  /** Equal for all answers that say the same thing of the same operation. */
  digest: string;
  body: unknown;
};

export type PaidAnswer = {
  requestId: string;
  streamId: string;
  receipt: Record<string, unknown>;
  responseDigest: string;
};

export type Operation = {
  kind: OperationKind;
  /** Sent as `Idempotency-Key`, or null: then each sending may count. */
  key: string | null;
  /** Lower-case address of who asks. */
  actor: string;
  /** Known before it was sent, or from its answer. */
  streamId: string | null;
  /** Base units; no two operations of a run share one. */
  amount: bigint | null;
  copies: number;
  answers: Answer[];
  paid: PaidAnswer[];
  /** Sendings that got no answer: nobody knows what they did. */
  lost: number;
  retries: number;
  /** Set when it was given up: a failure of the run. */
  unanswered: boolean;
};

export type ServerError = { status: number; code: string | null; what: string; at: Date };

/** Room for a thousand million operations below the amounts' own digits. */
const STEP = 1_000_000_000n;

export type History = ReturnType<typeof createHistory>;

export function createHistory() {
  const operations: Operation[] = [];
  /** ms from the first sending of a copy to its definite answer, retries included. */
  const waitsMs: number[] = [];
  /** ms of single sendings that were answered. */
  const answersMs: number[] = [];
  const retryable = new Map<string, number>();
  const serverErrors: ServerError[] = [];
  let serial = 0n;

  return {
    operations,
    waitsMs,
    answersMs,
    /** Answers that said "try again", and lost connections, by what they were. */
    retryable,
    /** Answers 5xx that are none of those. */
    serverErrors,

    begin(kind: OperationKind, actor: string, over: Partial<Operation> = {}): Operation {
      const operation: Operation = {
        kind,
        key: null,
        actor,
        streamId: null,
        amount: null,
        copies: 1,
        answers: [],
        paid: [],
        lost: 0,
        retries: 0,
        unanswered: false,
        ...over,
      };
      operations.push(operation);
      return operation;
    },

    /** The next larger amount that is unlike all others, by its last digits: its journal entry can be told by it. */
    unique(amount: bigint): bigint {
      serial += 1n;
      return amount - (amount % STEP) + STEP + serial;
    },

    countRetry(why: string): void {
      retryable.set(why, (retryable.get(why) ?? 0) + 1);
    },
  };
}

/** An operation that was done, by at least one of its answers. */
export function isDone(operation: Operation): boolean {
  return operation.answers.some(({ done }) => done);
}

/** Refused as far as its client knows, but a sending without an answer may have been done after all. */
export function isUncertain(operation: Operation): boolean {
  return !isDone(operation) && operation.lost > 0;
}
