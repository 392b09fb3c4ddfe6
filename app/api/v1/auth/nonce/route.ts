import { createNonce } from "@/lib/auth/create-nonce";
import { handle } from "@/lib/http/handle";
import { createNonceOperation } from "@/lib/http/operations/auth-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(createNonceOperation, ({ body }) => createNonce(body)),
);
