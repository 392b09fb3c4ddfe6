"use server";

import { getAddress, isAddress } from "viem";
import { z } from "zod";
import { MAX_AMOUNT } from "@/lib/domain/amount";
import { ProblemError } from "@/lib/errors";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { signedAllowance } from "@/lib/http/signed-allowance";
import type { ToSign } from "@/lib/rails/allowance";
import { findChainPlace } from "@/lib/rails/chain-place";
import { planWalletChange } from "@/lib/rails/superfluid/plan-wallet-change";

const amount = z.bigint().min(1n).max(MAX_AMOUNT);
const walletChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("wrap"), amount, signed: signedAllowance.optional() }),
  z.strictObject({ kind: z.literal("unwrap"), amount }),
  z.strictObject({ kind: z.literal("revoke-session"), id: z.bigint().min(0n) }),
  z.strictObject({
    kind: z.literal("revoke-operator"),
    operator: z
      .string()
      .refine((text) => isAddress(text), "That is no address.")
      .transform((text) => getAddress(text)),
  }),
]);

/** What the signed-in account's wallet signs to wrap, to unwrap, or to take a permission back. Moves nothing. */
export async function planWalletChangeAction(input: unknown): Promise<ActionResult<ToSign>> {
  return signedInAction(async (account) => {
    const change = walletChange.parse(input);
    const place = findChainPlace();
    const superfluid = place?.network.superfluid;
    if (!place || !superfluid)
      throw new ProblemError("not-available-here", "There is no Superfluid in this installation.");
    return planWalletChange(place, superfluid, { account, change });
  });
}
