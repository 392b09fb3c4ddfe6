"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { MAX_AMOUNT } from "@/lib/domain/amount";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import type { Withdrawal } from "@/lib/mpp/withdrawals/find-withdrawal";
import { withdrawCredit } from "@/lib/mpp/withdrawals/withdraw-credit";
import { paths } from "@/lib/paths";

const withdrawInput = z.strictObject({
  amount: z.bigint().min(1n).max(MAX_AMOUNT),
  idempotencyKey: z.uuid(),
});

/** Takes credit of the signed-in account to its own address on the chain. */
export async function withdrawAction(input: unknown): Promise<ActionResult<Withdrawal>> {
  return signedInAction(async (actor) => {
    const withdrawal = await withdrawCredit({ actor, ...withdrawInput.parse(input) });
    revalidatePath(paths.wallet);
    return withdrawal;
  });
}
