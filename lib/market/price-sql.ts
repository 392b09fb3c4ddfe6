/**
 * A tier's price as one exact whole number: base units in 210 days, which every allowed period divides. Rates of
 * different periods can so be compared and sorted without a fraction.
 */
export const PRICE_OVER_210_DAYS = "(t.rate_amount * (18144000000 / t.rate_period_ms))";
