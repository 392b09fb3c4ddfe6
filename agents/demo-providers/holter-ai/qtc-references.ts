/**
 * QTc by other calculators, for the tests: heart rate (beats/min), QT (ms) and the four corrections (ms), as the
 * tests of EP Studios' QTc library record them (github.com/mannd/QTc, CommonTests, to one decimal).
 */
export const qtcReferences = [
  { heartRateBpm: 88, qtMs: 278, bazett: 336.7, fridericia: 315.9, framingham: 327.0, hodges: 327.0 },
  { heartRateBpm: 112, qtMs: 334, bazett: 456.3, fridericia: 411.2, framingham: 405.5, hodges: 425.0 },
  { heartRateBpm: 47, qtMs: 402, bazett: 355.8, fridericia: 370.6, framingham: 359.4, hodges: 379.3 },
  { heartRateBpm: 132, qtMs: 219, bazett: 324.8, fridericia: 284.8, framingham: 303.0, hodges: 345.0 },
] as const;

/** Those figures are rounded to 0.1 ms and were checked there to 0.1 ms. */
export const TOLERANCE_MS = 0.1;
