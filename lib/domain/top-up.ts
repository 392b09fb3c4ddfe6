import { type Amount, amount } from "./amount";
import { amountOver, PERIODS_MS, type Rate } from "./rate";

/**
 * A sender's standing order: when less than `triggerMs` of runway is left, add `chunkMs` of flow, but never more than
 * `dailyMax` base units in one UTC day, and nothing from `expiresMs` on (null: until taken back).
 */
export type AutoTopUpRule = {
  readonly triggerMs: bigint;
  readonly chunkMs: bigint;
  readonly dailyMax: bigint;
  readonly expiresMs: bigint | null;
};

/** Base units that automatic top-ups took in the UTC day that began at `dayStartMs`. */
export type AutoSpend = { readonly dayStartMs: bigint; readonly amount: bigint };

/**
 * What a rule is judged by. `topUpHelps`: the stream is active, or exhausted and still in its grace (runway 0).
 * `walletBalance`: base units that the sender can still lock.
 */
export type TopUpSituation = {
  readonly topUpHelps: boolean;
  readonly rate: Rate;
  readonly runwayMs: bigint;
  readonly autoSpend: AutoSpend | null;
  readonly walletBalance: bigint;
};

/** A change of rate, a resume and the top-up of an exhausted stream must leave this much runway. */
export const MIN_RUNWAY_AFTER_CHANGE_MS = 60_000n;

/**
 * One chunk, rounded up, or null when the rule does not call for it or does not allow it. Runway exactly at the trigger
 * is enough; a day's maximum may be reached exactly.
 */
export function planTopUp(
  rule: AutoTopUpRule,
  situation: TopUpSituation,
  nowMs: bigint,
): { amount: Amount } | null {
  if (!situation.topUpHelps || situation.runwayMs >= rule.triggerMs) return null;
  if (rule.expiresMs !== null && nowMs >= rule.expiresMs) return null;

  const chunk = amountOver(situation.rate, rule.chunkMs, "ceil");
  if (spentToday(situation.autoSpend, nowMs) + chunk > rule.dailyMax) return null;
  return chunk > situation.walletBalance ? null : { amount: chunk };
}

/** The day's total after one more automatic top-up. */
export function addAutoSpend(spend: AutoSpend | null, chunk: bigint, nowMs: bigint): AutoSpend {
  return { dayStartMs: utcDayStartMs(nowMs), amount: spentToday(spend, nowMs) + chunk };
}

/**
 * The least top-up that gives MIN_RUNWAY_AFTER_CHANGE_MS: a minute of flow rounded up, one unit for the fraction that the
 * floor of `accrued` hides, less what is left. At least 1.
 *
 * @param remaining base units that nobody has a claim on, 0 or more
 */
export function minimumTopUp(flow: Rate, remaining: bigint): Amount {
  const missing = amountOver(flow, MIN_RUNWAY_AFTER_CHANGE_MS, "ceil") + 1n - remaining;
  return amount(missing > 1n ? missing : 1n);
}

function spentToday(spend: AutoSpend | null, nowMs: bigint): bigint {
  return spend?.dayStartMs === utcDayStartMs(nowMs) ? spend.amount : 0n;
}

function utcDayStartMs(nowMs: bigint): bigint {
  return nowMs - (nowMs % PERIODS_MS.day);
}

/**
 * Why a rule could never act on a stream of this rate, in a sentence, or null when it could.
 *
 * @param flow the rate that one chunk is bought at
 */
export function ruleTrouble(
  rule: Pick<AutoTopUpRule, "chunkMs" | "dailyMax" | "expiresMs">,
  flow: Rate,
  nowMs: bigint,
): { member: "expiresMs" | "dailyMax"; sentence: string } | null {
  if (rule.expiresMs !== null && rule.expiresMs <= nowMs)
    return { member: "expiresMs", sentence: "The rule has expired already: give a later moment, or null." };
  const chunk = amountOver(flow, rule.chunkMs, "ceil");
  if (chunk <= rule.dailyMax) return null;
  return {
    member: "dailyMax",
    sentence: `One top-up is ${chunk} base units, more than a day may take: raise the daily maximum to at least that.`,
  };
}
