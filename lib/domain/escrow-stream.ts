import { type Fraction, fraction } from "./fraction";
import { compareRates, exactAmountOver, type Rate } from "./rate";
import { depletesMs } from "./runway";

/** What one event of `StreamPay` says of its stream. Amounts in base units of the token, moments of the block in ms. */
export type EscrowChange =
  | {
      readonly kind: "created";
      readonly sender: string;
      readonly receiver: string;
      readonly token: string;
      readonly deposit: bigint;
      readonly durationMs: bigint;
      /** Which listing of the receiver is bought: `provider_tag` of its id. */
      readonly tag: bigint;
    }
  | { readonly kind: "topped-up"; readonly amount: bigint; readonly deposit: bigint }
  /** Paid out of the stream: to the receiver, or to it and to the caller of `batchUpdateStreams`. */
  | { readonly kind: "paid"; readonly amount: bigint }
  | {
      readonly kind: "cancelled";
      readonly by: string;
      readonly toReceiver: bigint;
      readonly refund: bigint;
    };

/** `nth`: of how many events of the stream in its transaction it is, from 0. `confirmed`: deep enough to count on. */
export type EscrowEvent = EscrowChange & {
  readonly atMs: bigint;
  readonly tx: string;
  readonly nth: number;
  readonly confirmed: boolean;
};

export type EscrowMovement = {
  readonly kind: "deposit" | "top-up" | "collect" | "settle" | "refund";
  readonly amount: bigint;
  readonly atMs: bigint;
  readonly tx: string;
  readonly nth: number;
};

/** A stream of `StreamPay` as its events tell it, with the money that confirmed ones moved. */
export type EscrowStream = {
  readonly sender: string;
  readonly receiver: string;
  readonly token: string;
  readonly tag: bigint;
  readonly openedTx: string;
  readonly rate: Rate;
  readonly startMs: bigint;
  readonly funded: bigint;
  readonly billed: bigint;
  readonly refunded: bigint;
  readonly status: "active" | "closing" | "settled";
  /** How its one segment ended; null while it runs, or ran dry and was not closed. */
  readonly end: {
    readonly ms: bigint;
    readonly cause: "close" | "exhaust";
    readonly accrued: Fraction;
  } | null;
  readonly closedMs: bigint | null;
  readonly closeCause: "sender" | "receiver" | "ended" | null;
  readonly movements: readonly EscrowMovement[];
};

/**
 * Folds the events of one stream, oldest first, with the arithmetic of the contract: accrued = min(deposit,
 * floor(first deposit × elapsed / duration)). Money is believed when its block is confirmed. A close is believed at once,
 * because nothing may be served on it: the stream is `closing` until that block is confirmed too.
 *
 * @returns null while no opening is confirmed
 * @throws RangeError when the first event is no opening, or a second one comes
 */
export function foldEscrowStream(events: readonly EscrowEvent[]): EscrowStream | null {
  const [opening, ...later] = events;
  if (!opening) return null;
  if (opening.kind !== "created")
    throw new RangeError(`A stream begins with its opening, not: ${opening.kind}.`);
  if (!opening.confirmed) return null;

  const { sender, receiver, token, tag, deposit, durationMs, atMs: startMs, tx: openedTx } = opening;
  const rate = { amount: deposit, periodMs: durationMs };
  const movements: EscrowMovement[] = [movement("deposit", deposit, opening)];
  let [funded, billed, refunded] = [deposit, 0n, 0n];
  let closed: (EscrowEvent & { kind: "cancelled" }) | null = null;
  for (const event of later) {
    if (event.kind === "created") throw new RangeError("A stream is opened once.");
    if (event.kind === "cancelled") closed = event;
    if (!event.confirmed) continue;
    if (event.kind === "topped-up") {
      funded = event.deposit;
      movements.push(movement("top-up", event.amount, event));
    } else if (event.kind === "paid") {
      billed += event.amount;
      movements.push(movement("collect", event.amount, event));
    } else {
      billed += event.toReceiver;
      refunded = event.refund;
      if (event.toReceiver > 0n) movements.push(movement("settle", event.toReceiver, event));
      if (event.refund > 0n) movements.push(movement("refund", event.refund, event));
    }
  }

  const dryMs = depletesMs({ accruedAtStart: fraction(0n), rate, startMs, available: funded });
  const ranDry = { ms: dryMs, cause: "exhaust", accrued: fraction(funded) } as const;
  const base = { sender, receiver, token, tag, openedTx, rate, startMs, funded, billed, refunded, movements };
  if (closed)
    return {
      ...base,
      status: closed.confirmed ? "settled" : "closing",
      end:
        closed.atMs < dryMs
          ? { ms: closed.atMs, cause: "close", accrued: exactAmountOver(rate, closed.atMs - startMs) }
          : ranDry,
      closedMs: closed.atMs,
      closeCause: closed.by === sender ? "sender" : "receiver",
    };
  // Past its end, the payment of the last unit closes it: the contract says nothing more of it.
  if (billed === funded)
    return { ...base, status: "settled", end: ranDry, closedMs: dryMs, closeCause: "ended" };
  return { ...base, status: "active", end: null, closedMs: null, closeCause: null };
}

function movement(
  kind: EscrowMovement["kind"],
  amount: bigint,
  { atMs, tx, nth }: EscrowEvent,
): EscrowMovement {
  return { kind, amount, atMs, tx, nth };
}

/**
 * The best tier that a stream on a chain pays for: the fastest that is not faster than it.
 *
 * @param worth base units of the ledger's dollar that one base unit of the stream's token is worth, > 0
 * @returns undefined when even the slowest is faster
 */
export function tierPaidBy<T extends { readonly rate: Rate }>(
  stream: Rate,
  worth: bigint,
  tiers: readonly T[],
): T | undefined {
  const paid = { amount: stream.amount * worth, periodMs: stream.periodMs };
  return [...tiers]
    .sort((a, b) => compareRates(b.rate, a.rate))
    .find((tier) => compareRates(tier.rate, paid) <= 0);
}
