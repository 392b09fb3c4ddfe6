let offsetMs = Number.NEGATIVE_INFINITY;

/**
 * Learns the server's clock from an answer that said `serverNowMs`. Every answer is late by its journey, never early,
 * so the largest difference is the best one. It is taken against `performance.now()`, which nobody can set.
 */
export function noteServerTime(serverNowMs: bigint | number): void {
  offsetMs = Math.max(offsetMs, Number(serverNowMs) - performance.now());
}

/** The server's clock now, in ms, however wrong the reader's own clock is. */
export function serverTimeMs(): number {
  return offsetMs === Number.NEGATIVE_INFINITY ? Date.now() : performance.now() + offsetMs;
}
