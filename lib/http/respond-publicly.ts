import "server-only";
import { clientIp } from "./client-ip";
import { measured, methodLabel } from "./measure";
import { limitRate } from "./rate-limit";
import { respond } from "./respond";

/**
 * `respond` for documents that are no operations: anybody may read them, counted by address.
 *
 * @param endpoint the document's path as we write it. A caller may spell it in many ways (`%6c` for `l`), and each would be a
 *   label of its own in the metrics for as long as the process lives
 */
export function respondPublicly(
  endpoint: `/${string}`,
  request: Request,
  run: () => Promise<Response>,
): Promise<Response> {
  return measured(endpoint, methodLabel(request.method), () =>
    respond(request, async () => {
      await limitRate("read", `ip:${clientIp(request)}`);
      return run();
    }),
  );
}
