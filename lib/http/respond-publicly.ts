import "server-only";
import { clientIp } from "./client-ip";
import { limitRate } from "./rate-limit";
import { respond } from "./respond";

/** `respond` for documents that are no operations: anybody may read them, counted by address. */
export function respondPublicly(request: Request, run: () => Promise<Response>): Promise<Response> {
  return respond(request, async () => {
    await limitRate("read", `ip:${clientIp(request)}`);
    return run();
  });
}
