/** Something that does not fit. `difference`: what the mirror says less what the chain says, base units; null where it is no amount. */
export type CheckFault = { what: string; difference: bigint | null };

/** A stream of `StreamPay` as we have it. `escrow`: the balance of its account in the journal. */
export type MirroredEscrow = {
  status: string;
  sender: string;
  receiver: string;
  token: string;
  funded: bigint;
  billed: bigint;
  refunded: bigint;
  escrow: bigint;
};

/** The same as `StreamPay.streamInfo` has it: of a closed stream its parties alone, its figures are 0. Addresses in lower case. */
export type EscrowOnChain = {
  sender: string;
  recipient: string;
  token: string;
  deposit: bigint;
  withdrawn: bigint;
  open: boolean;
};

/** Everything in which a stream's mirror and its journal differ from the contract at one block. */
export function judgeEscrow(mirror: MirroredEscrow, chain: EscrowOnChain): CheckFault[] {
  const faults: CheckFault[] = [];
  const same = (what: string, ours: string, theirs: string) => {
    if (ours !== theirs)
      faults.push({ what: `${what}: ${ours} here, ${theirs} on the chain.`, difference: null });
  };
  const equal = (what: string, ours: bigint, theirs: bigint) => {
    if (ours !== theirs) faults.push({ what, difference: ours - theirs });
  };
  same("The sender", mirror.sender, chain.sender);
  same("The receiver", mirror.receiver, chain.recipient);
  same("The token", mirror.token, chain.token);
  same("The stream", mirror.status === "settled" ? "closed" : "open", chain.open ? "open" : "closed");
  if (chain.open) {
    equal("What was put in differs.", mirror.funded, chain.deposit);
    equal("What was paid differs.", mirror.billed, chain.withdrawn);
  } else
    equal(
      "What was put in is not what was paid and returned.",
      mirror.funded,
      mirror.billed + mirror.refunded,
    );
  equal(
    "What the journal holds in escrow is not what the contract holds.",
    mirror.escrow,
    chain.deposit - chain.withdrawn,
  );
  return faults;
}

/** @param parts base units a second that our open streams get of one flow; `indexed`: its rate by its last event */
export function judgeFlow(parts: readonly bigint[], indexed: bigint, onChain: bigint): CheckFault[] {
  const faults: CheckFault[] = [];
  if (indexed !== onChain)
    faults.push({ what: "The flow's rate is another.", difference: indexed - onChain });
  const given = parts.reduce((sum, rate) => sum + rate, 0n);
  if (given > onChain)
    faults.push({ what: "Streams are served for more than flows.", difference: given - onChain });
  return faults;
}
