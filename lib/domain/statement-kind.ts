/** Kinds of journal entries that move a wallet. */
export const STATEMENT_KINDS = [
  "credit",
  "charge",
  "withdrawal",
  "withdrawal-returned",
  "deposit",
  "top-up",
  "auto-top-up",
  "collect",
  "settle",
  "refund",
] as const;

export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** What a movement was, in plain words. `provider` names the stream's; null when one entry settled several streams. */
export function movementText(kind: StatementKind, provider: string | null): string {
  const whom = provider ?? "several streams";
  switch (kind) {
    case "credit":
      return "Play money from the faucet";
    case "charge":
      return "Bought with a single payment";
    case "withdrawal":
      return "Withdrawn to the chain";
    case "withdrawal-returned":
      return "Withdrawal that the chain did not take, returned";
    case "deposit":
      return `Deposit for a stream to ${whom}`;
    case "top-up":
      return `Top-up of a stream to ${whom}`;
    case "auto-top-up":
      return `Automatic top-up of a stream to ${whom}`;
    case "collect":
      return `Collected from a stream to ${whom}`;
    case "settle":
      return `Paid out by a stream to ${whom}`;
    case "refund":
      return `Returned by a stream to ${whom}`;
  }
}

/** The kinds as a filter offers them. */
export const KIND_NAMES: Readonly<Record<StatementKind, string>> = {
  credit: "Play money",
  charge: "Single payments",
  withdrawal: "Withdrawals",
  "withdrawal-returned": "Withdrawals returned",
  deposit: "Deposits",
  "top-up": "Top-ups",
  "auto-top-up": "Automatic top-ups",
  collect: "Collected",
  settle: "Paid out at the end",
  refund: "Returned",
};
