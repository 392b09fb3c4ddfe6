"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import type { WalletView } from "@/lib/streams/get-wallet";
import { givePlayMoney } from "@/lib/streams/give-play-money";

/** One click of the faucet: 100 USDCx of play money, enough for a day of the dearest default tier. */
const FAUCET_AMOUNT = 100n * 10n ** 18n;

const faucetInput = z.strictObject({ idempotencyKey: z.uuid() });

/** Gives the signed-in account play money, on devnet only. */
export async function faucetAction(input: unknown): Promise<ActionResult<WalletView>> {
  return signedInAction(async (actor) => {
    const { idempotencyKey } = faucetInput.parse(input);
    const wallet = await givePlayMoney({ actor, idempotencyKey, amount: FAUCET_AMOUNT });
    revalidatePath("/", "layout");
    return wallet;
  });
}
