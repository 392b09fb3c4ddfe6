"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { creditWallet } from "@/lib/streams/credit-wallet";
import type { WalletView } from "@/lib/streams/get-wallet";

/** One click of the faucet: 100 USDCx of play money, enough for a day of the dearest default tier. */
const FAUCET_AMOUNT = 100n * 10n ** 18n;

const faucetInput = z.strictObject({ idempotencyKey: z.uuid() });

/** Gives the signed-in account play money, on devnet only. */
export async function faucetAction(input: unknown): Promise<ActionResult<WalletView>> {
  return signedInAction(async (actor) => {
    const { idempotencyKey } = faucetInput.parse(input);
    if (env.NETWORK !== "devnet")
      throw new ProblemError("not-available-here", "There is no faucet on this network.");
    const wallet = await creditWallet({ actor, idempotencyKey, amount: FAUCET_AMOUNT });
    revalidatePath("/", "layout");
    return wallet;
  });
}
