import { amountOver, PERIODS_MS, type Rate } from "./rate";

/** What of an automatic top-up is proposed before anybody chose. `dailyMax` in base units. */
export type ProposedAutoTopUp = { triggerMs: bigint; chunkMs: bigint; dailyMax: bigint };

/**
 * The automatic top-up that people are offered: four hours more when less than one is left. A day may take a day's flow
 * and one refill, rounded up, so that the rule never stops a stream that flows all day.
 */
export function defaultAutoTopUp(flow: Rate): ProposedAutoTopUp {
  const chunkMs = 4n * PERIODS_MS.hour;
  return {
    triggerMs: PERIODS_MS.hour,
    chunkMs,
    dailyMax: amountOver(flow, PERIODS_MS.day + chunkMs, "ceil"),
  };
}
