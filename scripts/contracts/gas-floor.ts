import { type Hex, hexToBytes } from "viem";

/** What a transaction cannot do without, given what it has to keep. Cold means first touched in it. */
export type Work = {
  input: Hex;
  /** Storage slots that were 0 and are not any more. */
  newSlots?: number;
  /** Cold slots that get another value. */
  changedSlots?: number;
  /** Cold slots that become 0. */
  clearedSlots?: number;
  /** Cold slots that are only read. */
  readSlots?: number;
  /** For each event: its topics, with that of its name, and its bytes. */
  events: readonly { topics: number; bytes: number }[];
  /** Payments in the native coin to an account that is there: cold, or warm because it sends the transaction. */
  coldPayments?: number;
  warmPayments?: number;
  /** Other contracts that are called. */
  coldContracts?: number;
};

const TRANSACTION = 21_000;
/** EIP-2028. */
const CALLDATA = { zero: 4, other: 16 };
/** EIP-2929, EIP-2200 and EIP-3529. */
const SLOT = { cold: 2_100, set: 20_000, reset: 2_900, clearedBack: 4_800 };
const ACCOUNT = { cold: 2_600, warm: 100 };
/** A call with value costs 9,000, of which the receiver gives back the stipend of 2,300. */
const VALUE = 9_000 - 2_300;
const LOG = { base: 375, topic: 375, byte: 8 };
/** EIP-3529: at most a fifth of what was used comes back. */
const MOST_BACK = 5;

/** Gas below which no contract can do this work: no instruction of its own is counted, only what the EIPs charge for its effects. */
export function gasFloor(work: Work): number {
  const calldata = [...hexToBytes(work.input)].reduce(
    (sum, byte) => sum + (byte === 0 ? CALLDATA.zero : CALLDATA.other),
    0,
  );
  const { newSlots = 0, changedSlots = 0, clearedSlots = 0, readSlots = 0 } = work;
  const storage =
    newSlots * (SLOT.cold + SLOT.set) +
    (changedSlots + clearedSlots) * (SLOT.cold + SLOT.reset) +
    readSlots * SLOT.cold;
  const events = work.events.reduce(
    (sum, { topics, bytes }) => sum + LOG.base + topics * LOG.topic + bytes * LOG.byte,
    0,
  );
  const { coldPayments = 0, warmPayments = 0, coldContracts = 0 } = work;
  const calls =
    coldPayments * (ACCOUNT.cold + VALUE) +
    warmPayments * (ACCOUNT.warm + VALUE) +
    coldContracts * ACCOUNT.cold;
  const used = TRANSACTION + calldata + storage + events + calls;
  return used - Math.min(clearedSlots * SLOT.clearedBack, Math.floor(used / MOST_BACK));
}
