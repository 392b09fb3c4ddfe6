import { handle } from "@/lib/http/handle";
import { getWalletOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { getWallet } from "@/lib/streams/get-wallet";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getWalletOperation, ({ actor }) => getWallet({ address: actor })),
);
