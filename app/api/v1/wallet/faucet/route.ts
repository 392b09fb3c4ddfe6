import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { handle } from "@/lib/http/handle";
import { creditWalletOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { creditWallet } from "@/lib/streams/credit-wallet";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(creditWalletOperation, async ({ actor, once, body }) => {
    if (env.NETWORK !== "devnet")
      throw new ProblemError("not-available-here", "Play money is a devnet's only.");
    return creditWallet({ actor, ...once, ...body });
  }),
);
