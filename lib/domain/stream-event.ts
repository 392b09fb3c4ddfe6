import type { Asset } from "./asset";
import { toDecimal } from "./decimal";
import { PERIODS_MS, type Rate } from "./rate";
import type { AutoTopUpRule } from "./top-up";

/**
 * Why a stream was closed. The last three are of a chain: its contract paid the last unit out, its sender's balance turned critical and
 * somebody ended it, or the chain took its opening back.
 */
export type CloseCause = "sender" | "receiver" | "grace-ended" | "ended" | "liquidated" | "reorganised";

/** Something that happened to a stream, for people. Amounts are base units of the stream's asset, `atMs` is ledger time. */
export type StreamEvent = { readonly atMs: bigint } & (
  | { readonly kind: "opened"; readonly data: { tier: string; rate: Rate; deposit: bigint } }
  | { readonly kind: "topped-up"; readonly data: { amount: bigint; funded: bigint } }
  | { readonly kind: "auto-topped-up"; readonly data: { amount: bigint; funded: bigint } }
  | { readonly kind: "auto-top-up-failed"; readonly data: { reason: string; amount: bigint } }
  | { readonly kind: "auto-top-up-set"; readonly data: AutoTopUpRule }
  | { readonly kind: "auto-top-up-cleared"; readonly data: Record<string, never> }
  | { readonly kind: "tier-changed"; readonly data: { from: string; to: string; rate: Rate } }
  | { readonly kind: "paused"; readonly data: { remaining: bigint } }
  | { readonly kind: "resumed"; readonly data: { remaining: bigint } }
  | { readonly kind: "exhausted"; readonly data: { paid: bigint; graceUntilMs: bigint } }
  | { readonly kind: "revived"; readonly data: { remaining: bigint } }
  | { readonly kind: "collected"; readonly data: { amount: bigint; billed: bigint } }
  | { readonly kind: "closed"; readonly data: { cause: CloseCause; held: bigint } }
  | { readonly kind: "settled"; readonly data: { paid: bigint; refund: bigint } }
);

/**
 * One plain sentence about an event, with amounts to the nearest sixth decimal.
 *
 * @param formatTime how the reader's place writes an instant; without it, the time of day in UTC
 */
export function sentenceFor(
  event: StreamEvent,
  asset: Asset,
  formatTime: (atMs: bigint) => string = utcTime,
): { text: string; atMs: bigint } {
  const money = (value: bigint) => `${trim(toDecimal(value, asset.decimals, 6, "nearest"))} ${asset.symbol}`;
  const told = (rate: Rate) => paceOf(rate, money, asset);
  return { text: tell(event, money, told, formatTime), atMs: event.atMs };
}

/**
 * Reads an event as the ledger stores it: amounts and times as decimal text.
 *
 * @throws Error for a kind or a member that this version does not know: the ledger writes only ours
 */
export function parseStreamEvent(
  kind: string,
  atMs: bigint,
  data: Readonly<Record<string, unknown>>,
): StreamEvent {
  const members = Object.hasOwn(storedMembers, kind) ? storedMembers[kind as StreamEvent["kind"]] : undefined;
  if (!members) throw new Error(`Unknown stream event: ${kind}.`);
  const read = Object.entries(members).map(([name, as]) => [
    name,
    readMember(data[name], as, `${kind}.${name}`),
  ]);
  return { kind, atMs, data: Object.fromEntries(read) } as StreamEvent; // Checked member by member just above.
}

type StoredAs = "text" | "integer" | "integer or null" | "rate";

const storedMembers: Record<StreamEvent["kind"], Readonly<Record<string, StoredAs>>> = {
  opened: { tier: "text", rate: "rate", deposit: "integer" },
  "topped-up": { amount: "integer", funded: "integer" },
  "auto-topped-up": { amount: "integer", funded: "integer" },
  "auto-top-up-failed": { reason: "text", amount: "integer" },
  "auto-top-up-set": {
    triggerMs: "integer",
    chunkMs: "integer",
    dailyMax: "integer",
    expiresMs: "integer or null",
  },
  "auto-top-up-cleared": {},
  "tier-changed": { from: "text", to: "text", rate: "rate" },
  paused: { remaining: "integer" },
  resumed: { remaining: "integer" },
  exhausted: { paid: "integer", graceUntilMs: "integer" },
  revived: { remaining: "integer" },
  collected: { amount: "integer", billed: "integer" },
  closed: { cause: "text", held: "integer" },
  settled: { paid: "integer", refund: "integer" },
};

function readMember(value: unknown, as: StoredAs, name: string): unknown {
  if (as === "text" && typeof value === "string") return value;
  if (as === "integer or null" && (value === null || value === undefined)) return null;
  if (as === "rate" && typeof value === "object" && value !== null) {
    const { amount, periodMs } = value as Record<string, unknown>;
    return {
      amount: readMember(amount, "integer", `${name}.amount`),
      periodMs: readMember(periodMs, "integer", `${name}.periodMs`),
    };
  }
  const integer = typeof value === "string" || Number.isSafeInteger(value) ? String(value) : "";
  if (as === "text" || as === "rate" || !/^[0-9]+$/.test(integer)) throw new Error(`Not ${as}: ${name}.`);
  return BigInt(integer);
}

function tell(
  event: StreamEvent,
  money: (value: bigint) => string,
  pace: (rate: Rate) => string,
  time: (atMs: bigint) => string,
): string {
  const at = time(event.atMs);
  switch (event.kind) {
    case "opened": {
      const { tier, rate, deposit } = event.data;
      // A flow of Superfluid locks nothing in the stream: it is paid from the sender's whole balance.
      const locked = deposit > 0n ? `, deposit ${money(deposit)}` : "";
      return `Opened at ${at}: ${tier}, ${pace(rate)}${locked}.`;
    }
    case "topped-up":
      return `Topped up at ${at} by ${money(event.data.amount)}, ${money(event.data.funded)} put in so far.`;
    case "auto-topped-up":
      return `Topped up by its rule at ${at} by ${money(event.data.amount)}, ${money(event.data.funded)} put in so far.`;
    case "auto-top-up-failed":
      return `Not topped up at ${at}: ${event.data.reason} (${money(event.data.amount)} wanted).`;
    case "auto-top-up-set":
      return `Rule set at ${at}: top up by itself, at most ${money(event.data.dailyMax)} a day.`;
    case "auto-top-up-cleared":
      return `Rule taken back at ${at}: no more top-ups by itself.`;
    case "tier-changed":
      return `Changed from ${event.data.from} to ${event.data.to} at ${at}: ${pace(event.data.rate)} from then on.`;
    case "paused":
      return `Paused at ${at}: nothing flows, ${money(event.data.remaining)} left.`;
    case "resumed":
      return `Resumed at ${at} with ${money(event.data.remaining)} left.`;
    case "exhausted":
      return `Stopped: deposit empty at ${at}, paid ${money(event.data.paid)}, owed 0.`;
    case "revived":
      return `Running again from ${at} with ${money(event.data.remaining)}.`;
    case "collected":
      return `Collected ${money(event.data.amount)} at ${at}, ${money(event.data.billed)} paid so far.`;
    case "closed": {
      const waiting = event.data.held > 0n ? `, ${money(event.data.held)} waits for calls in flight` : "";
      return `Closed ${closers[event.data.cause]} at ${at}${waiting}.`;
    }
    case "settled":
      return `Settled at ${at}: paid ${money(event.data.paid)}, refunded ${money(event.data.refund)}.`;
  }
}

const closers = {
  sender: "by the sender",
  receiver: "by the receiver",
  "grace-ended": "because nobody topped it up in time",
  ended: "when all of it was paid out",
  liquidated: "by a liquidator, because its sender’s balance was spent",
  reorganised: "because the chain took its opening back",
} as const satisfies Record<CloseCause, string>;

const periodNames: ReadonlyMap<bigint, string> = new Map([
  [PERIODS_MS.second, "a second"],
  [PERIODS_MS.minute, "a minute"],
  [PERIODS_MS.hour, "an hour"],
  [PERIODS_MS.day, "a day"],
  [PERIODS_MS.week, "a week"],
  [PERIODS_MS.month30, "a month of 30 days"],
]);

/** A flow of a chain is kept by the second, at a rate that says little when it is cut to six digits: it is told by the day. */
function paceOf({ amount, periodMs }: Rate, money: (value: bigint) => string, { decimals }: Asset): string {
  const second = PERIODS_MS.second;
  if (periodMs === second && decimals > 6 && amount % 10n ** BigInt(decimals - 6) !== 0n)
    return `${money((amount * PERIODS_MS.day) / second)} a day`;
  return `${money(amount)} ${periodNames.get(periodMs) ?? `every ${everyText(periodMs)}`}`;
}

function everyText(ms: bigint): string {
  if (ms % PERIODS_MS.hour === 0n) return `${ms / PERIODS_MS.hour} h`;
  return ms % PERIODS_MS.second === 0n ? `${ms / PERIODS_MS.second} s` : `${ms} ms`;
}

/** "1.500000" → "1.5", "10.000000" → "10". */
function trim(decimal: string): string {
  return decimal.replace(/\.?0+$/, "");
}

function utcTime(atMs: bigint): string {
  return `${new Date(Number(atMs)).toISOString().slice(11, 19)} UTC`;
}
