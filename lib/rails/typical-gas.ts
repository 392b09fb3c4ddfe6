/**
 * What calls take that no node was asked about: the most that was measured, transaction and cold storage included. Those of StreamPay are
 * `contracts/snapshots/StreamPay.json` (a test compares), those of Superfluid 1.15.2 come from a devnet.
 */
export const TYPICAL_GAS = {
  approve: 55_558n,
  createEscrow: 176_000n,
  createFlow: 312_217n,
  updateFlow: 294_071n,
  wrapAndFlow: 387_078n,
} as const;
