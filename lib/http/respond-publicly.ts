import "server-only";
import { clientIp } from "./client-ip";
import { measured, methodLabel } from "./measure";
import { limitRate } from "./rate-limit";
import { respond } from "./respond";

/** `respond` for documents that are no operations: anybody may read them, counted by address. */
export function respondPublicly(request: Request, run: () => Promise<Response>): Promise<Response> {
  // A document has one address: its path names nobody.
  return measured(new URL(request.url).pathname, methodLabel(request.method), () =>
    respond(request, async () => {
      await limitRate("read", `ip:${clientIp(request)}`);
      return run();
    }),
  );
}
