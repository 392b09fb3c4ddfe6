import { ProblemError } from "@/lib/errors";
import { handle } from "@/lib/http/handle";
import { getReadinessOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";
import { readReadiness } from "@/lib/operations/read-readiness";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getReadinessOperation, async () => {
    const { ready, ...checks } = await readReadiness();
    if (ready) return { ready: true as const, checks };
    const wrong = Object.entries(checks).flatMap(([name, state]) =>
      state === "ok" ? [] : [`${name}: ${state}`],
    );
    throw new ProblemError("not-ready", `Not ready: ${wrong.join(", ")}.`, {
      extensions: { checks, retryAfterSeconds: 1 },
    });
  }),
);
