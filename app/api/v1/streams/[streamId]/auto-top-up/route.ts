import { handle } from "@/lib/http/handle";
import { setAutoTopUpOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { setAutoTopUp } from "@/lib/streams/set-auto-top-up";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(setAutoTopUpOperation, async ({ actor, params, body }) =>
    streamJson(await setAutoTopUp({ actor, ...params, rule: body.rule })),
  ),
);
