import type { AbiEvent, Address, Hex } from "viem";
import type { ChainArgs, ChainLog } from "./chain-log";

/** Events that are read from the chain. */
export type LogSource = {
  addresses: readonly Address[];
  events: readonly AbiEvent[];
  /** What the first, second and third indexed argument may be, as 32-byte words; null: anything. All must fit. */
  topics?: readonly (readonly Hex[] | null)[];
  /**
   * The things that a log is about, by which it is found again: a stream, an account. All logs of a subject, in the order of
   * the chain, are enough to know its state.
   *
   * @param log.before the log right before it in the same transaction, when that is one of ours
   * @returns none: it is not kept
   */
  subjects: (log: { address: Hex; event: string; args: ChainArgs; before: ChainLog | null }) => string[];
};

/** @param address in any case */
export function accountSubject(address: string): string {
  return `account:${address.toLowerCase()}`;
}

/** Whether the log may have come from this source. */
export function isFrom(source: LogSource, { address, event }: Pick<ChainLog, "address" | "event">): boolean {
  return (
    source.addresses.some((one) => one.toLowerCase() === address) &&
    source.events.some(({ name }) => name === event)
  );
}
