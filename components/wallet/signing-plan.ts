import type { Problem } from "@/lib/errors";
import type { AllowanceToSign, SignedAllowance } from "@/lib/rails/allowance";
import type { ChainCall } from "@/lib/rails/chain-call";

/** What a wallet is to sign, and the ways to do it with fewer prompts. */
export type SigningPlan = {
  calls: readonly ChainCall[];
  /** The wallet makes one transaction of them. */
  together: boolean;
  /** A signature that stands for the first of the calls; `use` gives what is then left to send. */
  allowance: (AllowanceToSign & { use: (signed: SignedAllowance) => Promise<readonly ChainCall[]> }) | null;
};

/** The server gave nothing to sign: its refusal. */
export class NotPlanned extends Error {
  constructor(readonly problem: Pick<Problem, "title" | "detail"> & Record<string, unknown>) {
    super(problem.detail);
  }
}

export const SAYS_ALLOWANCE =
  "Allow exactly this amount, by a signature that costs nothing. The transaction that uses it comes next.";
