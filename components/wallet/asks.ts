/**
 * What to expect of the wallet when tokens are taken, before it is known what it has allowed already.
 *
 * @param once one transaction, or a wallet that makes one of several calls; null while that is not known
 */
export function asks(once: boolean | null): string {
  if (once === null) return "Your wallet asks you to sign, and pays the gas.";
  return once
    ? "Your wallet asks once, and pays the gas."
    : "Your wallet asks at most twice: to allow this amount, and for the transaction. It pays the gas.";
}
