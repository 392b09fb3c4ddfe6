import { handle } from "@/lib/http/handle";
import { creditWalletOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { givePlayMoney } from "@/lib/streams/give-play-money";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(creditWalletOperation, async ({ actor, once, body }) => givePlayMoney({ actor, ...once, ...body })),
);
