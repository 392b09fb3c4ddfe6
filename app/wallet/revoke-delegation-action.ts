"use server";

import { z } from "zod";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { revokeDelegation } from "@/lib/streams/delegations";

/** A key of the idempotency that other actions need is left out: revoking twice is revoking once. */
const revokeInput = z.object({ nonce: z.bigint().min(0n) });

/** Ends a delegation of the signed-in account at once, with the sessions that it gave. */
export async function revokeDelegationAction(input: unknown): Promise<ActionResult<{ revokedMs: bigint }>> {
  return signedInAction((actor) => revokeDelegation({ actor, ...revokeInput.parse(input) }));
}
