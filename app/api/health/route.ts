import { env } from "@/lib/env";
import { handle } from "@/lib/http/handle";
import { getHealthOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getHealthOperation, async () => ({
    status: "ok" as const,
    network: env.NETWORK,
    uptimeMs: Math.round(process.uptime() * 1000),
  })),
);
