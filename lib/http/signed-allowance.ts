import { z } from "zod";

/** An allowance that a wallet signed, as a server action gets it. A smart account's signature may be longer than a key's. */
export const signedAllowance = z.strictObject({
  deadline: z.bigint().positive(),
  salt: hex(/^0x[0-9a-fA-F]{64}$/).nullable(),
  signature: hex(/^0x(?:[0-9a-fA-F]{2}){1,4096}$/),
});

function hex(pattern: RegExp) {
  return z
    .string()
    .regex(pattern, "That is no signature of a wallet.")
    .transform((text) => text as `0x${string}`);
}
