/**
 * This machine's clock, Unix time in milliseconds: for timeouts, logs and the skew shown by live counters.
 * Money times come from the database (`clock_ms()`), never from here.
 */
export function nowMs(): bigint {
  return BigInt(Date.now());
}
